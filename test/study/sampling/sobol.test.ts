import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  owenScramble,
  sobolDimensions,
  sobolDirections,
  sobolPoint,
  sobolSource,
} from '../../../src/study/sampling/sobol.js';

const gray = (index: number): number => index ^ (index >>> 1);

// The first points of Joe and Kuo's program for new-joe-kuo-6.21201 in 12 dimensions, as eighths.
const firstPoints = [
  [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  [4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4],
  [6, 2, 2, 2, 6, 6, 2, 6, 6, 6, 6, 6],
  [2, 6, 6, 6, 2, 2, 6, 2, 2, 2, 2, 2],
  [3, 3, 5, 7, 3, 1, 3, 7, 7, 5, 7, 3],
  [7, 7, 1, 3, 7, 5, 7, 3, 3, 1, 3, 7],
  [5, 1, 7, 5, 5, 7, 1, 1, 1, 3, 1, 5],
  [1, 5, 3, 1, 1, 3, 5, 5, 5, 7, 5, 1],
] as const;

// Point 1000 in their order, as 32-bit fractions, computed by scipy 1.17 (stats.qmc.Sobol, bits = 32).
const point1000 = [
  [0, 943718400],
  [1, 415236096],
  [2, 2227175424],
  [3, 2906652672],
  [30, 633339904],
  [63, 1916796928],
  [99, 801112064],
  [126, 725614592],
  [127, 2336227328],
] as const;

describe('Sobol points', () => {
  it('begin as published, in Gray-code order', () => {
    firstPoints.forEach((eighths, index) => {
      const point = eighths.map((_, d) => sobolPoint(sobolDirections(d), gray(index)) / 2 ** 29);
      expect(point).toEqual(eighths);
    });
  });

  it.each(point1000)('have the published coordinate in dimension %d', (dimension, value) => {
    expect(sobolPoint(sobolDirections(dimension), gray(1000))).toBe(value);
  });

  it('are stratified in every dimension of the table', () => {
    expect(sobolDimensions).toBe(128);
    for (let dimension = 0; dimension < sobolDimensions; dimension++) {
      const directions = sobolDirections(dimension);
      const cells = new Set(Array.from({ length: 64 }, (_, i) => sobolPoint(directions, i) >>> 26));
      expect(cells.size).toBe(64);
    }
  });
});

describe('owenScramble', () => {
  const points = fc.integer({ min: 0, max: 2 ** 32 - 1 });

  it('keeps shared leading bits shared and the first different bit different', () => {
    fc.assert(
      fc.property(points, points, points, (x, y, seed) => {
        const before = Math.clz32(x ^ y);
        const after = Math.clz32(owenScramble(x, seed) ^ owenScramble(y, seed));
        expect(after).toBe(before);
      }),
    );
  });

  it('flips every bit for about half of the seeds', () => {
    const flips = new Array<number>(32).fill(0);
    for (let seed = 1; seed <= 2000; seed++) {
      const changed = owenScramble(0x12345678, Math.imul(seed, 0x9e3779b9)) ^ 0x12345678;
      for (let bit = 0; bit < 32; bit++) flips[bit]! += (changed >>> bit) & 1;
    }
    for (const count of flips) expect(Math.abs(count - 1000)).toBeLessThan(250);
  });
});

describe('sobolSource', () => {
  it('puts one of each 2^k points into each interval of length 2^-k, scrambled or not', () => {
    const indices = Float64Array.from({ length: 256 }, (_, i) => 256 * 9 + i);
    const out = new Float64Array(256);
    for (const dimension of [0, 1, 17, 127]) {
      sobolSource(99, dimension)(indices, 256, out);
      expect(new Set(Array.from(out, (u) => Math.floor(u * 256))).size).toBe(256);
    }
  });

  it('keeps the plane filled: 256 points put one into each of 16 × 16 squares of the first two dimensions', () => {
    const indices = Float64Array.from({ length: 256 }, (_, i) => i);
    const [x, y] = [0, 1].map((dimension) => {
      const out = new Float64Array(256);
      sobolSource(5, dimension)(indices, 256, out);
      return out;
    });
    const squares = new Set(Array.from(x!, (u, i) => Math.floor(u * 16) * 16 + Math.floor(y![i]! * 16)));
    expect(squares.size).toBe(256);
  });

  it('changes with the seed, its upper half included', () => {
    const draw = (seed: number) => {
      const out = new Float64Array(1);
      sobolSource(seed, 2)(Float64Array.of(123), 1, out);
      return out[0];
    };
    expect(new Set([draw(1), draw(2), draw(1 + 2 ** 32), draw(1 + 2 ** 33)]).size).toBe(4);
  });
});
