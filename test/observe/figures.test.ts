import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatPercent,
  formatRate,
  plural,
} from '../../src/observe/figures.js';

test.each([
  [0, '0'],
  [999, '999'],
  [1_234_567, '1,234,567'],
])('count %d is written %s', (count, text) => expect(formatCount(count)).toBe(text));

test('one is singular, none and many are plural', () => {
  expect([0, 1, 2000].map((count) => plural(count, 'case'))).toEqual(['0 cases', '1 case', '2,000 cases']);
});

test.each([
  [0, '0/s'],
  [0.523, '0.52/s'],
  [9.996, '10.0/s'],
  [31.44, '31.4/s'],
  [480.4, '480/s'],
  [9_990, '9,990/s'],
  [9_996, '10.0k/s'],
  [48_213, '48.2k/s'],
  [999_600, '1.00M/s'],
  [1_050_000, '1.05M/s'],
])('rate %d is written %s', (rate, text) => expect(formatRate(rate)).toBe(text));

test.each([
  [0, '0.0 s'],
  [0.3412, '0.34 ms'],
  [9.94, '9.9 ms'],
  [12.3, '12 ms'],
  [840, '0.8 s'],
  [9_949, '9.9 s'],
  [9_960, '10 s'],
  [59_499, '59 s'],
  [59_600, '1:00'],
  [187_000, '3:07'],
  [7_509_000, '2:05:09'],
  [273_600_000, '3 d 4 h'],
])('%d ms are written %s', (ms, text) => expect(formatDuration(ms)).toBe(text));

test.each([
  [812, '812 B'],
  [3584, '3.50 KiB'],
  [1023 * 1024, '0.999 MiB'],
  [1.3e9, '1.21 GiB'],
])('%d bytes are written %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

describe('per cent', () => {
  test('100 stands for everything and 0 for nothing', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e9 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (total, part) => {
          const done = Math.floor(total * part);
          const percent = Number.parseInt(formatPercent(done, total), 10);
          expect(percent === 100).toBe(done === total);
          expect(percent === 0).toBe(done === 0);
        },
      ),
    );
  });

  test('of nothing is 100', () => expect(formatPercent(0, 0)).toBe('100 %'));
});
