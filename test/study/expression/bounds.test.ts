import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundsOf, type SlotBounds } from '../../../src/study/expression/bounds.js';
import { resolveExpression, type Scope } from '../../../src/study/expression/resolve.js';
import { expressions, javascriptValue } from './generated.js';

const scope: Scope = new Map([
  ['a', { slots: [0], isVector: false }],
  ['b', { slots: [1], isVector: false }],
]);

const drawn = (min: number, max: number): SlotBounds => ({ min, max, isLiteral: false, isTight: true });
const bounds = (text: string, a: SlotBounds, b: SlotBounds = drawn(0, 1)) =>
  boundsOf(resolveExpression(text, scope).formulas[0]!, [a, b]);

describe('boundsOf', () => {
  it.each([
    ['a + b', 1, 3],
    ['a - b', 0, 2],
    ['-a', -2, -1],
    ['2 * a', 2, 4],
    ['1 / a', 0.5, 1],
    ['a ** 2', 1, 4],
    ['2 ** -a', 0.25, 0.5],
    ['sqrt(a) + exp(b)', 2, Math.SQRT2 + Math.E],
    ['min(a, b)', 0, 1],
    ['max(a, b, 1.5)', 1.5, 2],
    ['acos(b)', 0, Math.PI / 2],
  ])('of %s are %d and %d for a in 1 … 2 and b in 0 … 1', (text, min, max) => {
    expect(bounds(text, drawn(1, 2))).toEqual({ min, max, isLiteral: false, isTight: false });
  });

  it('are none where a divisor may be 0 or the function has no simple shape', () => {
    for (const text of ['1 / b', 'sin(a)', 'log(-a)', 'a % 2', 'a > 1 ? a : b']) {
      expect(bounds(text, drawn(1, 2))).toMatchObject({
        min: Number.NEGATIVE_INFINITY,
        max: Number.POSITIVE_INFINITY,
        isTight: false,
      });
    }
  });

  it('keep what is known of a bare name, and of formulas over single values', () => {
    const single = { min: 3, max: 3, isLiteral: true, isTight: true };
    expect(bounds('a', drawn(1, 2))).toEqual(drawn(1, 2));
    expect(bounds('a * 2', single)).toEqual({ ...single, min: 6, max: 6 });
  });

  it('hold every value that is a number', () => {
    const interval = fc
      .tuple(fc.double({ min: -50, max: 50, noNaN: true }), fc.double({ min: 0, max: 20, noNaN: true }))
      .map(([min, width]) => drawn(min, min + width));
    const inside = fc.double({ min: 0, max: 1, noNaN: true });
    const at = ({ min, max }: SlotBounds, share: number) => Math.min(max, min + (max - min) * share);
    fc.assert(
      fc.property(expressions, interval, interval, inside, inside, (text, a, b, shareA, shareB) => {
        const value = javascriptValue(text, at(a, shareA), at(b, shareB));
        if (Number.isNaN(value)) return;
        const { min, max } = bounds(text, a, b);
        // exp, log and powers are monotone only up to their rounding.
        const slack = Number.isFinite(value) ? 1e-9 * Math.max(1, Math.abs(value)) : 0;
        expect(value + slack).toBeGreaterThanOrEqual(min);
        expect(value - slack).toBeLessThanOrEqual(max);
      }),
      { numRuns: 2000 },
    );
  });
});
