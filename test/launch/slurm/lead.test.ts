import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type LeadFacts, signalLeadMs } from '../../../src/launch/slurm/lead.js';

const minute = 60_000;
const nothing = { timeMs: undefined, longestMs: undefined, timeoutMs: undefined };

test.each<[string, Partial<LeadFacts>, number | undefined]>([
  [
    'half as much again as the longest case, and half a minute',
    { timeMs: 600 * minute, longestMs: 10 * minute, timeoutMs: minute },
    15.5 * minute,
  ],
  ['what the study allows a case', { timeMs: 600 * minute, timeoutMs: 20 * minute }, 20 * minute],
  ['of that no more than a quarter of the job', { timeMs: 40 * minute, timeoutMs: 20 * minute }, 10 * minute],
  ['a tenth of the job where nothing is known', { timeMs: 60 * minute }, 6 * minute],
  ['a minute at least', { timeMs: 60 * minute, longestMs: 10 }, minute],
  ['half of the job at most', { timeMs: 4 * minute, longestMs: 10 * minute }, 2 * minute],
  ['a sixth of three minutes', { timeMs: 3 * minute, longestMs: 10 * minute }, minute / 2],
  ['none below two minutes', { timeMs: 2 * minute - 1, longestMs: 10 }, undefined],
  ['five minutes where the limit is unknown', {}, 5 * minute],
])('%s', (_, facts, expected) => {
  expect(signalLeadMs({ ...nothing, ...facts })).toBe(expected);
});

test('is always within the job, and enough for the longest case where half of the job is', () => {
  const ms = fc.integer({ min: 1, max: 10_000 * minute });
  fc.assert(
    fc.property(ms, ms, fc.option(ms, { nil: undefined }), (timeMs, longestMs, timeoutMs) => {
      const lead = signalLeadMs({ timeMs, longestMs, timeoutMs });
      expect(lead === undefined).toBe(timeMs < 2 * minute);
      if (lead === undefined) return;
      expect(lead).toBeGreaterThan(0);
      expect(lead).toBeLessThanOrEqual(timeMs / 2);
      if (longestMs < timeMs / 4 && timeMs > 4 * minute) expect(lead).toBeGreaterThan(longestMs);
    }),
  );
});
