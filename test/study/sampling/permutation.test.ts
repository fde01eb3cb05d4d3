import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyedPermutation, permutationSizeLimit } from '../../../src/study/sampling/permutation.js';

const sizes = fc.integer({ min: 1, max: 3000 });
const seeds = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });

describe('keyedPermutation', () => {
  it('meets every number below its size once', () => {
    fc.assert(
      fc.property(sizes, seeds, fc.nat(200), (size, seed, stream) => {
        const permute = keyedPermutation(size, seed, stream);
        const met = new Set(Array.from({ length: size }, (_, i) => permute(i)));
        expect(met.size).toBe(size);
        expect(Math.max(...met)).toBe(size - 1);
        expect(Math.min(...met)).toBe(0);
      }),
    );
  });

  it('differs between seeds and between streams', () => {
    const image = (seed: number, stream: number) => {
      const permute = keyedPermutation(1000, seed, stream);
      return Array.from({ length: 1000 }, (_, i) => permute(i));
    };
    const agreements = (a: readonly number[], b: readonly number[]) =>
      a.filter((value, i) => value === b[i]).length;
    // Two random permutations agree in one place on average.
    for (const other of [image(2, 0), image(1, 1), image(1 + 2 ** 32, 0)]) {
      expect(agreements(image(1, 0), other)).toBeLessThan(8);
    }
  });

  it('leaves no order between neighbours', () => {
    const size = 20_000;
    const permute = keyedPermutation(size, 7, 0);
    let sum = 0;
    for (let i = 0; i + 1 < size; i++) sum += (permute(i) / size - 0.5) * (permute(i + 1) / size - 0.5);
    expect(Math.abs((sum / size) * 12)).toBeLessThan(4 / Math.sqrt(size));
  });

  it('stays below the largest size', () => {
    const permute = keyedPermutation(permutationSizeLimit, 3, 1);
    for (const index of [0, 1, 2 ** 40, permutationSizeLimit - 1]) {
      const value = permute(index);
      expect(Number.isSafeInteger(value)).toBe(true);
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThan(permutationSizeLimit);
    }
  });
});
