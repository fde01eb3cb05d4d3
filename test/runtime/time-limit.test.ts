import { describe, expect, test } from 'vitest';
import { deadlineOf, timeLimitOf } from '../../src/runtime/time-limit.js';

const never = (): string => {
  throw new Error('squeue is not asked');
};

const leftMs = (limit: ReturnType<typeof timeLimitOf>): number => (limit?.endsAtMs ?? 0) - performance.now();

describe('the time that a session has', () => {
  test('is what the user says, whatever the job says', () => {
    const environment = { SLURM_JOB_END_TIME: '1', SLURM_JOB_ID: '7' };
    expect(leftMs(timeLimitOf(3_600_000, environment, never)) / 3_600_000).toBeCloseTo(1, 2);
    expect(timeLimitOf(Number.POSITIVE_INFINITY, environment, never)).toBeUndefined();
  });

  test('ends with the Slurm job', () => {
    const end = String(Math.round(Date.now() / 1000) + 1_000);
    const left = leftMs(timeLimitOf(undefined, { SLURM_JOB_END_TIME: end, SLURM_JOB_ID: '7' }, never));
    expect(left / 1_000_000).toBeCloseTo(1, 1);
  });

  test.each([
    ['01:30:00\n', 5_400_000],
    ['2-00:00:00', 172_800_000],
    ['59:00', 3_540_000],
    ['UNLIMITED', undefined],
    ['INVALID', undefined],
    [undefined, undefined],
  ])('where only the number of the job is known squeue says %j', (answer, expected) => {
    const asked: string[] = [];
    const limit = timeLimitOf(undefined, { SLURM_JOB_ID: '4711' }, (job) => {
      asked.push(job);
      return answer;
    });
    expect(asked).toEqual(['4711']);
    if (expected === undefined) expect(limit).toBeUndefined();
    else expect(leftMs(limit) / expected).toBeCloseTo(1, 2);
  });

  test('is unlimited outside of a job', () => {
    expect(timeLimitOf(undefined, {}, never)).toBeUndefined();
  });

  test.each([
    [10_000, 1_000],
    [3_600_000, 15_000],
  ])('of %d ms, %d ms are kept for the end', (givenMs, reserveMs) => {
    const limit = timeLimitOf(givenMs, {}, never)!;
    expect(limit.reserveMs).toBe(reserveMs);
    expect(deadlineOf(limit)).toBe(limit.endsAtMs - reserveMs);
  });
});
