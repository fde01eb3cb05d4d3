/** Formulas to closures over whole tiles: one call computes a formula for up to a tile of cases. */
import { functions, isTrue, type Operation, operators } from './operations.js';
import type { Formula } from './resolve.js';

/** Computes the first `count` values into an array that it owns; they last until the next call. */
export type Evaluate = (count: number) => Float64Array;

/** Reads `slots[k]` for slot k; every array holds `tile` values. */
export function compileFormula(formula: Formula, slots: readonly Float64Array[], tile: number): Evaluate {
  switch (formula.kind) {
    case 'number': {
      const constant = new Float64Array(tile).fill(formula.value);
      return () => constant;
    }
    case 'slot': {
      const values = slots[formula.slot]!;
      return () => values;
    }
    case 'apply': {
      const [a, b, c] = formula.arguments.map((argument) => compileFormula(argument, slots, tile));
      const out = new Float64Array(tile);
      const loop = loops.get(formula.operation) ?? genericLoop(formula.operation);
      return (count) => {
        loop(out, count, a!(count), b?.(count) ?? out, c?.(count) ?? out);
        return out;
      };
    }
    default:
      return formula satisfies never;
  }
}

type Loop = (out: Float64Array, count: number, a: Float64Array, b: Float64Array, c: Float64Array) => void;

function genericLoop(operation: Operation): Loop {
  const { compute } = operation;
  switch (operation.minimumArguments) {
    case 1:
      return (out, count, a) => {
        for (let i = 0; i < count; i++) out[i] = compute(a[i]!, 0, 0);
      };
    case 2:
      return (out, count, a, b) => {
        for (let i = 0; i < count; i++) out[i] = compute(a[i]!, b[i]!, 0);
      };
    default:
      return (out, count, a, b, c) => {
        for (let i = 0; i < count; i++) out[i] = compute(a[i]!, b[i]!, c[i]!);
      };
  }
}

/** The usual operators have loops of their own, free of calls: they are an order of magnitude faster. */
const loops = new Map<Operation, Loop>([
  [
    operators['+']!,
    (out, count, a, b) => {
      for (let i = 0; i < count; i++) out[i] = a[i]! + b[i]!;
    },
  ],
  [
    operators['-']!,
    (out, count, a, b) => {
      for (let i = 0; i < count; i++) out[i] = a[i]! - b[i]!;
    },
  ],
  [
    operators['*']!,
    (out, count, a, b) => {
      for (let i = 0; i < count; i++) out[i] = a[i]! * b[i]!;
    },
  ],
  [
    operators['/']!,
    (out, count, a, b) => {
      for (let i = 0; i < count; i++) out[i] = a[i]! / b[i]!;
    },
  ],
  [
    operators['?:']!,
    (out, count, a, b, c) => {
      for (let i = 0; i < count; i++) out[i] = isTrue(a[i]!) ? b[i]! : c[i]!;
    },
  ],
  [
    functions.sqrt!,
    (out, count, a) => {
      for (let i = 0; i < count; i++) out[i] = Math.sqrt(a[i]!);
    },
  ],
]);
