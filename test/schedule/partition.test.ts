import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evenOut, longestFirst, type Partition } from '../../src/schedule/partition.js';

const costsArbitrary = fc
  .array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 1, maxLength: 40 })
  .map((costs) => Float64Array.from(costs).sort().reverse());

const inOrder = (costs: Float64Array): Uint32Array => Uint32Array.from(costs, (_, i) => i);
const fullestOf = ({ loads }: Partition): number => Math.max(...loads);

function expectWhole(costs: Float64Array, { owned, loads }: Partition): void {
  expect(owned.flat().sort((a, b) => a - b)).toEqual([...inOrder(costs)]);
  owned.forEach((units, worker) => {
    expect(loads[worker]).toBeCloseTo(
      units.reduce((sum, unit) => sum + costs[unit]!, 0),
      6,
    );
  });
}

describe('longest processing time first', () => {
  test("meets Graham's example", () => {
    // 2p + 1 jobs, the case in which the rule is worst: 4/3 − 1/(3p) of the best, 9, for p = 3.
    const costs = Float64Array.of(5, 5, 4, 4, 3, 3, 3);
    const partition = longestFirst(costs, inOrder(costs), 3);
    expect(partition.owned).toEqual(
      [
        [0, 4, 6],
        [1, 5],
        [2, 3],
      ].map((units) => expect.arrayContaining(units)),
    );
    expect(fullestOf(partition)).toBe(11);
  });

  test('deals out every unit once and stays within 4/3 of a lower bound', () => {
    fc.assert(
      fc.property(costsArbitrary, fc.integer({ min: 1, max: 9 }), (costs, workers) => {
        const partition = longestFirst(costs, inOrder(costs), workers);
        expectWhole(costs, partition);
        const mean = costs.reduce((sum, cost) => sum + cost) / workers;
        expect(fullestOf(partition)).toBeLessThanOrEqual(mean + costs[0]! + 1e-9);
      }),
    );
  });
});

describe('evening out', () => {
  test('finds the best partition where the rule is worst', () => {
    const costs = Float64Array.of(5, 5, 4, 4, 3, 3, 3);
    const partition = longestFirst(costs, inOrder(costs), 3);
    evenOut(costs, partition);
    expect([...partition.loads]).toEqual([9, 9, 9]);
  });

  test('keeps every unit once, the dearest first, and never makes the fullest share larger', () => {
    fc.assert(
      fc.property(costsArbitrary, fc.integer({ min: 1, max: 9 }), (costs, workers) => {
        const partition = longestFirst(costs, inOrder(costs), workers);
        const before = fullestOf(partition);
        evenOut(costs, partition);
        expectWhole(costs, partition);
        expect(fullestOf(partition)).toBeLessThanOrEqual(before);
        for (const units of partition.owned) {
          const own = units.map((unit) => costs[unit]!);
          expect(own).toEqual([...own].sort((a, b) => b - a));
        }
      }),
    );
  });
});
