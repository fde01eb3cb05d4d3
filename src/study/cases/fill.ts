/** Fills columns tile by tile: digits, draws and formulas go through small arrays that stay in the cache. */
import { allocateColumns, type Columns, elements } from '../../codec/columns.js';
import { compileFormula, type Evaluate } from '../expression/compile.js';
import { resolveExpression } from '../expression/resolve.js';
import { createTransform } from '../sampling/distribution.js';
import { createUniforms } from '../sampling/uniforms.js';
import { createDigits } from './digits.js';
import { type CasePlanDetail, type Source, spacedValue } from './plan.js';
import { slotTable } from './scope.js';

const tile = 512;

/** Longer axes are computed value by value instead of from a table. */
const tabulatedExtent = 4096;

export function createFill(plan: CasePlanDetail): (first: number, count: number) => Columns {
  const { columns, axes, sample, sources } = plan;
  const { firstSlots, slotCount } = slotTable(columns);
  const slots = Array.from({ length: slotCount }, () => new Float64Array(tile));
  const slotsOf = (column: number) => {
    const first = firstSlots[column]!;
    return first < 0 ? [] : slots.slice(first, first + elements(columns[column]!));
  };

  const extents = sample ? [...axes, sample.count] : axes;
  const fillDigits = createDigits(extents);
  const digits = extents.map(() => new Float64Array(tile));
  const fillDraws = createDraws(plan, slotsOf);
  const writers = sources.map((source, column) => createWriter(source, slotsOf(column), digits));
  const texts = sources.map((source) => createTextWriter(source, digits));
  const derived = derivedValues(plan, slots);

  return (first, count) => {
    const out = allocateColumns(columns, count);
    for (let at = 0; at < count; at += tile) {
      const size = Math.min(tile, count - at);
      digits.forEach((values, axis) => {
        fillDigits(axis, first + at, size, values);
      });
      if (sample) fillDraws(digits[digits.length - 1]!, size);
      for (const write of writers) write?.(size);
      texts.forEach((write, column) => {
        write?.(out[columns[column]!.name] as string[], at, size);
      });
      sources.forEach((_, column) => {
        scatter(slotsOf(column), out[columns[column]!.name] as Float64Array, at, size);
      });
      for (const { column, evaluations, targets } of derived) {
        const values = evaluations.map((evaluate) => evaluate(size));
        // Copied into the slots because formulas of later columns may name this one.
        targets.forEach((target, element) => {
          target.set(values[element]!);
        });
        scatter(values, out[columns[column]!.name] as Float64Array, at, size);
      }
    }
    return out;
  };
}

/** Draws of a tile: uniform numbers of every dimension straight into the slots of its element, then transformed there. */
function createDraws(plan: CasePlanDetail, slotsOf: (column: number) => Float64Array[]) {
  const outs: Float64Array[] = [];
  const transforms: ((values: Float64Array, count: number) => void)[] = [];
  plan.sources.forEach((source, column) => {
    if (source.kind !== 'draw') return;
    const transform = createTransform(source.distribution);
    slotsOf(column).forEach((slot, element) => {
      outs[source.dimension + element] = slot;
      transforms[source.dimension + element] = transform;
    });
  });
  const fillUniforms = plan.sample && createUniforms(plan.sample, outs.length);
  return (indices: Float64Array, count: number) => {
    fillUniforms?.(indices, count, outs);
    outs.forEach((values, dimension) => {
      transforms[dimension]!(values, count);
    });
  };
}

/** What a numeric source does in each tile; a constant fills its slots once, and draws are not its work. */
function createWriter(
  source: Source,
  targets: readonly Float64Array[],
  digits: readonly Float64Array[],
): ((count: number) => void) | undefined {
  switch (source.kind) {
    case 'constant':
      targets.forEach((target, element) => {
        target.fill(source.numbers[element]!);
      });
      return undefined;
    case 'list':
      return lookUp(source.numbers, targets, digits[source.axis]!);
    case 'linspace':
    case 'logspace': {
      const digit = digits[source.axis]!;
      if (source.count <= tabulatedExtent) {
        const values = Float64Array.from({ length: source.count }, (_, i) => spacedValue(source, i));
        return lookUp(values, targets, digit);
      }
      const target = targets[0]!;
      return (count) => {
        for (let i = 0; i < count; i++) target[i] = spacedValue(source, digit[i]!);
      };
    }
    case 'draw':
    case 'constant-text':
    case 'list-text':
    case 'packed-text':
      return undefined;
    default:
      return source satisfies never;
  }
}

function lookUp(numbers: Float64Array, targets: readonly Float64Array[], digits: Float64Array) {
  const width = targets.length;
  return (count: number) => {
    targets.forEach((target, element) => {
      for (let i = 0; i < count; i++) target[i] = numbers[digits[i]! * width + element]!;
    });
  };
}

function createTextWriter(source: Source, digits: readonly Float64Array[]) {
  if (source.kind === 'constant-text') {
    return (out: string[], at: number, count: number) => {
      out.fill(source.text, at, at + count);
    };
  }
  if (source.kind === 'list-text') {
    const digit = digits[source.axis]!;
    return (out: string[], at: number, count: number) => {
      for (let i = 0; i < count; i++) out[at + i] = source.texts[digit[i]!]!;
    };
  }
  if (source.kind === 'packed-text') {
    const digit = digits[source.axis]!;
    const { buffer, byteOffset, byteLength } = source.bytes;
    const bytes = Buffer.from(buffer, byteOffset, byteLength);
    return (out: string[], at: number, count: number) => {
      for (let i = 0; i < count; i++) {
        out[at + i] = bytes.toString('utf8', source.starts[digit[i]!], source.starts[digit[i]! + 1]);
      }
    };
  }
  return undefined;
}

function derivedValues(plan: CasePlanDetail, slots: readonly Float64Array[]) {
  const { scope } = slotTable(plan.columns);
  return plan.derived.map(({ elements: parts }, i) => {
    const column = plan.sources.length + i;
    const targets = scope.get(plan.columns[column]!.name)!.slots.map((slot) => slots[slot]!);
    const evaluations: Evaluate[] = parts.map(({ text, element }) =>
      compileFormula(resolveExpression(text, scope).formulas[element]!, slots, tile),
    );
    return { column, evaluations, targets };
  });
}

/** Interleaves the elements of a tile into its rows of a column. */
function scatter(values: readonly Float64Array[], out: Float64Array, at: number, count: number): void {
  const width = values.length;
  if (width === 1) {
    out.set(count === tile ? values[0]! : values[0]!.subarray(0, count), at);
    return;
  }
  for (let element = 0; element < width; element++) {
    const from = values[element]!;
    for (let i = 0, to = at * width + element; i < count; i++, to += width) out[to] = from[i]!;
  }
}
