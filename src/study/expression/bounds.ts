/** Bounds of formulas from the bounds of what they name, by interval arithmetic. */
import { operators } from './operations.js';
import type { Formula } from './resolve.js';

export interface SlotBounds {
  readonly min: number;
  readonly max: number;
  /** Every value is literal in the study: both ends occur. */
  readonly isLiteral: boolean;
  /** Both ends occur or are those of a distribution. */
  readonly isTight: boolean;
}

/**
 * An interval that holds every value of the formula; it may be wider than what occurs, and is then not tight. A number and
 * a bare name keep what is known of them.
 */
export function boundsOf(formula: Formula, slots: readonly SlotBounds[]): SlotBounds {
  switch (formula.kind) {
    case 'number':
      return { min: formula.value, max: formula.value, isLiteral: true, isTight: true };
    case 'slot':
      return slots[formula.slot]!;
    case 'apply': {
      const parts = formula.arguments.map((argument) => boundsOf(argument, slots));
      // A formula of single values has a single value.
      if (parts.every(({ min, max, isLiteral }) => isLiteral && min === max)) {
        const [a = 0, b = 0, c = 0] = parts.map(({ min }) => min);
        const value = formula.operation.compute(a, b, c);
        return { min: value, max: value, isLiteral: true, isTight: true };
      }
      const [min, max] = interval(formula, parts);
      const isKnown = !Number.isNaN(min) && !Number.isNaN(max);
      return isKnown ? { min, max, isLiteral: false, isTight: false } : unknown;
    }
    default:
      return formula satisfies never;
  }
}

const unknown: SlotBounds = {
  min: Number.NEGATIVE_INFINITY,
  max: Number.POSITIVE_INFINITY,
  isLiteral: false,
  isTight: false,
};

type Apply = Extract<Formula, { kind: 'apply' }>;

function interval({ operation }: Apply, parts: readonly SlotBounds[]): readonly [number, number] {
  const [a, b] = parts as [SlotBounds, SlotBounds];
  const { compute } = operation;
  switch (operation.growth) {
    case 'increasing':
      return [compute(a.min, b?.min ?? 0, 0), compute(a.max, b?.max ?? 0, 0)];
    case 'decreasing':
      return [compute(a.max, 0, 0), compute(a.min, 0, 0)];
    default:
      break;
  }
  switch (operation) {
    case operators['-']:
      return [a.min - b.max, a.max - b.min];
    case operators['*']:
      return corners(a, b, (x, y) => x * y);
    case operators['/']:
      // A divisor that may be 0 lets the quotient be anything.
      return b.min > 0 || b.max < 0 ? corners(a, b, (x, y) => x / y) : [Number.NaN, Number.NaN];
    case operators['**']:
      // For positive bases the power is monotone in either argument.
      return a.min > 0 ? corners(a, b, (x, y) => x ** y) : [Number.NaN, Number.NaN];
    default:
      return [Number.NaN, Number.NaN];
  }
}

function corners(
  a: SlotBounds,
  b: SlotBounds,
  compute: (x: number, y: number) => number,
): readonly [number, number] {
  const values = [compute(a.min, b.min), compute(a.min, b.max), compute(a.max, b.min), compute(a.max, b.max)];
  return values.some(Number.isNaN) ? [Number.NaN, Number.NaN] : [Math.min(...values), Math.max(...values)];
}
