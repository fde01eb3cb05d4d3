import fc from 'fast-check';
import { expect, test } from 'vitest';
import { signalLeadMs } from '../../../src/launch/slurm/lead.js';

const minute = 60_000;

test.each<[string, Parameters<typeof signalLeadMs>[0], number]>([
  [
    'half as much again as the longest case, and half a minute',
    { timeMs: 600 * minute, longestMs: 10 * minute, timeoutMs: minute },
    15.5 * minute,
  ],
  [
    'what the study allows a case',
    { timeMs: 600 * minute, longestMs: undefined, timeoutMs: 20 * minute },
    20 * minute,
  ],
  [
    'of that no more than a quarter of the job',
    { timeMs: 40 * minute, longestMs: undefined, timeoutMs: 20 * minute },
    10 * minute,
  ],
  [
    'a tenth of the job where nothing is known',
    { timeMs: 60 * minute, longestMs: undefined, timeoutMs: undefined },
    6 * minute,
  ],
  ['a minute at least', { timeMs: 60 * minute, longestMs: 10, timeoutMs: undefined }, minute],
  ['half of the job at most', { timeMs: minute, longestMs: 10 * minute, timeoutMs: undefined }, minute / 2],
  [
    'five minutes where the limit is unknown',
    { timeMs: undefined, longestMs: undefined, timeoutMs: undefined },
    5 * minute,
  ],
])('%s', (_, facts, expected) => {
  expect(signalLeadMs(facts)).toBe(expected);
});

test('is always within the job, and enough for the longest case where half of the job is', () => {
  const ms = fc.integer({ min: 1, max: 10_000 * minute });
  fc.assert(
    fc.property(ms, ms, fc.option(ms, { nil: undefined }), (timeMs, longestMs, timeoutMs) => {
      const lead = signalLeadMs({ timeMs, longestMs, timeoutMs });
      expect(lead).toBeGreaterThan(0);
      expect(lead).toBeLessThanOrEqual(timeMs / 2);
      if (longestMs < timeMs / 4 && timeMs > 4 * minute) expect(lead).toBeGreaterThan(longestMs);
    }),
  );
});
