import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Bins } from '../../src/schedule/bins.js';
import { casesOf, holes } from './arbitraries.js';

describe('bins', () => {
  test('of few cases give each its own number, whatever holes there are', () => {
    fc.assert(
      fc.property(holes, (ranges) => {
        const bins = new Bins(ranges, false);
        const [values] = bins.means(1, (first, count) => [numbered(first, count)], Number.isFinite);
        for (const index of casesOf(ranges)) expect(bins.sum(values!, index, 1)).toBe(index);
        const asked = bins.asked.reduce((sum, count) => sum + count, 0);
        expect(asked).toBe(casesOf(ranges).length);
      }),
    );
  });

  test('that are alike are one', () => {
    const bins = new Bins([{ first: 5, count: 10 ** 9 }], true);
    expect(bins.length).toBe(1);
    expect(bins.sum(Float64Array.of(2), 100, 1000)).toBe(2000);
  });

  test('of many cases come within a little of their sum with few looks, also where costs have a period', () => {
    const count = 1_000_000;
    const costOf = (index: number): number => 1 + (index % 10) + (index > 700_000 ? 20 : 0);
    let looked = 0;
    const bins = new Bins([{ first: 0, count }], false);
    const [means] = bins.means(
      1,
      (first, cases) => {
        looked += cases;
        return [Float64Array.from({ length: cases }, (_, i) => costOf(first + i))];
      },
      Number.isFinite,
    );
    expect(looked).toBeLessThan(20_000);
    let sum = 0;
    for (let i = 0; i < count; i++) sum += costOf(i);
    expect(bins.sum(means!, 0, count) / sum).toBeCloseTo(1, 2);
    expect(bins.sum(means!, 700_001, 299_999) / bins.sum(means!, 0, 300_000)).toBeGreaterThan(4);
  });

  test('count cases across their borders', () => {
    const bins = new Bins([{ first: 1000, count: 100_000 }], false);
    const counts = new Float64Array(bins.length);
    for (let first = 1000; first < 101_000; first += 1250) bins.add(counts, first, 1250);
    expect([...counts]).toEqual([...bins.asked]);
  });

  test('of no cases are none', () => {
    expect(new Bins([], false).length).toBe(0);
  });
});

function numbered(first: number, count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => first + i);
}
