import { describe, expect, test } from 'vitest';
import { agreementsOf, inCommon } from '../../src/results/agreement.js';
import type { RunNumbers } from '../../src/study/solver.js';

const energies = (places: Readonly<Record<string, readonly number[]>>): readonly RunNumbers[] =>
  Object.entries(places).map(([place, values]) => ({ quantity: 'energy', place, values }));

describe('two runs are held against each other', () => {
  test.each([
    { what: 'the same bits', a: { x: [1, 2] }, b: { x: [1, 2] }, tolerance: 0, is: [2, 0, 0, 0] },
    { what: 'one bit', a: { x: [1] }, b: { x: [1 + 2 ** -52] }, tolerance: 0, is: [1, 1, 0, 2 ** -52] },
    {
      what: 'a difference that is allowed',
      a: { x: [1] },
      b: { x: [1.25] },
      tolerance: 0.25,
      is: [1, 0, 0, 0.25],
    },
    { what: 'one that is not', a: { x: [1] }, b: { x: [1.5] }, tolerance: 0.25, is: [1, 1, 0, 0.5] },
    { what: 'zeros of two signs', a: { x: [0] }, b: { x: [-0] }, tolerance: 0, is: [1, 1, 0, 0] },
    {
      what: 'no number twice',
      a: { x: [Number.NaN] },
      b: { x: [Number.NaN] },
      tolerance: 0,
      is: [1, 0, 0, 0],
    },
    {
      what: 'no number once',
      ...{ a: { x: [Number.NaN] }, b: { x: [1] }, tolerance: 1 },
      is: [1, 1, 0, Number.POSITIVE_INFINITY],
    },
    { what: 'a shorter array', a: { x: [1, 2, 3] }, b: { x: [1] }, tolerance: 1, is: [3, 0, 2, 0] },
    { what: 'a place too many', a: { x: [1] }, b: { x: [1], y: [2] }, tolerance: 1, is: [1, 0, 1, 0] },
  ])('$what', ({ a, b, tolerance, is: [compared, different, missing, largest] }) => {
    const [agreement, ...others] = agreementsOf(energies(a), energies(b as typeof a), tolerance);
    expect(others).toEqual([]);
    expect(agreement).toMatchObject({ quantity: 'energy', compared, different, missing, largest });
  });

  test('the largest difference is named by its place, whatever came first', () => {
    const [agreement] = agreementsOf(
      energies({ x: [1], y: [1], z: [1] }),
      energies({ x: [1.1], y: [3], z: [1.2] }),
      0,
    );
    expect(agreement).toMatchObject({ largest: 2, place: 'y' });
  });

  test('quantities that only one has are missing', () => {
    const other = [{ quantity: 'gradient', place: 'x', values: [1, 2] }];
    expect(agreementsOf(energies({ x: [1] }), other, 0)).toMatchObject([
      { quantity: 'energy', compared: 1, missing: 1 },
      { quantity: 'gradient', compared: 0, missing: 2 },
    ]);
    expect(inCommon(energies({ x: [1], y: [2] }), energies({ y: [5] }))).toEqual(energies({ y: [2] }));
  });
});
