import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromOrderedDigits, orderedDigit } from '../../../src/results/statistics/ordered-bits.js';
import { RankSearch } from '../../../src/results/statistics/rank-search.js';

const number = fc.oneof(
  fc.double({ noNaN: true }),
  // Many that agree in most of their bits, and many that are equal.
  fc.nat(50).map((n) => 1 + n * Number.EPSILON),
  fc.constantFrom(0, -0, 1, -1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
);

test('Digits keep the order of doubles and lead back to them', () => {
  fc.assert(
    fc.property(number, number, (a, b) => {
      const digits = (value: number) => [0, 1, 2, 3].map((depth) => orderedDigit(value, depth));
      expect(Object.is(fromOrderedDigits(digits(a)), a)).toBe(true);
      const [x, y] = [digits(a), digits(b)];
      const at = x.findIndex((digit, i) => digit !== y[i]);
      if (a < b) expect(x[at]).toBeLessThan(y[at]!);
      if (Object.is(a, b)) expect(at).toBe(-1);
    }),
  );
});

test('Every rank is the one that sorting gives, with memory for all numbers, for some and for none', () => {
  fc.assert(
    fc.property(
      fc.array(number, { minLength: 1, maxLength: 200 }),
      fc.array(fc.nat(199), { minLength: 1, maxLength: 6 }),
      fc.constantFrom(0, 1, 20, 1000),
      (numbers, wanted, values) => {
        const ranks = wanted.map((rank) => rank % numbers.length);
        const budget = { values };
        const search = new RankSearch();
        let passes = 0;
        while (!search.isDone) {
          for (const value of numbers) search.add(value);
          search.endPass(ranks, budget);
          passes++;
        }
        expect(passes).toBeLessThanOrEqual(4);
        if (values >= 1000) expect(passes).toBeLessThanOrEqual(2);
        const sorted = Float64Array.from(numbers).sort();
        for (const rank of ranks) expect(Object.is(search.at(rank), sorted[rank])).toBe(true);
      },
    ),
  );
});
