import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseBytes, parseDurationMs } from '../../src/study/quantities.js';

describe('times', () => {
  test.each([
    [90, 90_000],
    ['90', 90_000],
    ['0.5', 500],
    ['90 s', 90_000],
    ['250ms', 250],
    ['15 min', 900_000],
    ['2h', 7_200_000],
    ['1 d', 86_400_000],
    ['10:30', 630_000],
    ['01:30:00', 5_400_000],
    ['1-00:00:01', 86_401_000],
  ])('%s is %d ms', (text, ms) => {
    expect(parseDurationMs(text)).toBe(ms);
  });

  test.each(['', 'soon', '-3', '3 parsecs', '0', '1:2:3:4', 0, Number.NaN, Number.POSITIVE_INFINITY])(
    '%s is none',
    (text) => {
      expect(parseDurationMs(text)).toBeUndefined();
    },
  );

  test('written as a clock are what they say', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000_000 }), (seconds) => {
        const two = (value: number) => String(value).padStart(2, '0');
        const text = `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
        expect(parseDurationMs(text)).toBe(seconds * 1000);
      }),
    );
  });
});

describe('sizes', () => {
  test.each([
    [1024, 1024],
    ['2 GB', 2e9],
    ['512MiB', 512 * 2 ** 20],
    ['4G', 4 * 2 ** 30],
    ['1.5 kB', 1500],
    ['700 b', 700],
  ])('%s is %d bytes', (text, bytes) => {
    expect(parseBytes(text)).toBe(bytes);
  });

  test.each(['', 'much', '2 GX', '-1', 0, '0 GB'])('%s is none', (text) => {
    expect(parseBytes(text)).toBeUndefined();
  });
});
