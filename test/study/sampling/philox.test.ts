import { describe, expect, it } from 'vitest';
import { fillUniformPair, philox4x32, uniformOf } from '../../../src/study/sampling/philox.js';

// Known answers of the authors' library Random123 1.14 (kat_vectors, philox4x32, 10 rounds).
const knownAnswers = [
  {
    counter: [0, 0, 0, 0],
    key: [0, 0],
    answer: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  },
  {
    counter: [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    key: [0xffffffff, 0xffffffff],
    answer: [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  },
  {
    counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    key: [0xa4093822, 0x299f31d0],
    answer: [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  },
] as const;

describe('philox4x32', () => {
  it.each(knownAnswers)('gives the published words for counter $counter', ({ counter, key, answer }) => {
    const [c0, c1, c2, c3] = counter;
    expect(philox4x32(c0, c1, c2, c3, key[0], key[1])).toEqual(answer);
  });
});

describe('fillUniformPair', () => {
  it('takes its numbers from the block of (index, pair) under the seed, above 2^32 as well', () => {
    const indices = Float64Array.of(0, 1, 2 ** 32 - 1, 2 ** 32, 2 ** 32 * 5 + 7, 2 ** 53 - 1);
    const seed = 2 ** 40 + 12345;
    const even = new Float64Array(indices.length);
    const odd = new Float64Array(indices.length);
    fillUniformPair(seed, 3, indices, indices.length, even, odd);
    indices.forEach((index, i) => {
      const [a, b, c, d] = philox4x32(index % 2 ** 32, Math.floor(index / 2 ** 32), 3, 0, 12345, 256);
      expect(even[i]).toBe(uniformOf(a, b));
      expect(odd[i]).toBe(uniformOf(c, d));
    });
  });

  it('spreads evenly over (0, 1)', () => {
    const count = 20_000;
    const indices = Float64Array.from({ length: count }, (_, i) => i);
    const even = new Float64Array(count);
    const odd = new Float64Array(count);
    fillUniformPair(1, 0, indices, count, even, odd);
    for (const values of [even, odd]) {
      const bins = new Array<number>(20).fill(0);
      for (const value of values) bins[Math.floor(value * 20)]!++;
      const chiSquare = bins.reduce((sum, bin) => sum + (bin - count / 20) ** 2 / (count / 20), 0);
      // 19 degrees of freedom: 43.8 is passed once in a thousand times, and the draws are always the same.
      expect(chiSquare).toBeLessThan(43.8);
    }
    const correlation =
      even.reduce((sum, value, i) => sum + (value - 0.5) * (odd[i]! - 0.5), 0) / count / (1 / 12);
    expect(Math.abs(correlation)).toBeLessThan(4 / Math.sqrt(count));
  });
});

describe('uniformOf', () => {
  it('is never 0 or 1 and is symmetric', () => {
    expect(uniformOf(0, 0)).toBe(2 ** -53);
    expect(uniformOf(0xffffffff, 0xffffffff)).toBe(1 - 2 ** -53);
    expect(uniformOf(0x12345678, 0x9abcdef0)).toBe(1 - uniformOf(~0x12345678, ~0x9abcdef0));
  });
});
