/** The cases that a session is asked for: all of the study, of a shard of it, or the first of these. */
import { InputError } from '../errors/input-error.js';
import type { Range } from '../schedule/ranges.js';
import { type Shard, shardRange, shardText } from '../study/shard.js';
import type { Study } from '../study/study.js';
import type { RetryWish, RunRequest } from './api.js';

export function casesAsked({ cases }: Pick<Study, 'cases'>, limit?: number, shard?: Shard): Range {
  const { first, count } = shard ? shardRange(shard, cases.count) : { first: 0, count: cases.count };
  return { first, count: Math.min(limit ?? count, count) };
}

export function endOf({ first, count }: Range): number {
  return first + count;
}

/** Throws InputError for a case that the study has not. */
export function checkRetry(retry: readonly RetryWish[], { cases }: Pick<Study, 'cases'>): void {
  const beyond = retry.find((wish) => typeof wish === 'number' && wish >= cases.count);
  if (beyond === undefined) return;
  throw new InputError('the study has no such case', {
    field: '--retry',
    expected: `a case from 0 to ${cases.count - 1}`,
    given: String(beyond),
  });
}

/** Throws InputError for what a shard cannot be of, or not do. */
export function checkShard({ study, shard, verify }: Pick<RunRequest, 'study' | 'shard' | 'verify'>): void {
  if (!shard) return;
  const { tasks, cases } = study;
  if (tasks?.dependsOn !== undefined || tasks?.level !== undefined) {
    throw new InputError('the study has no shards: its cases wait for others, of any shard', {
      expected: 'one run of the whole study',
      given: `--shard ${shardText(shard)}`,
    });
  }
  if (shard.count > cases.count) {
    throw new InputError('the study has fewer cases than shards', {
      expected: `at most ${cases.count} shards`,
      given: `--shard ${shardText(shard)}`,
    });
  }
  if (verify !== undefined) {
    throw new InputError('--verify is not for one shard', {
      expected: 'run with --verify on the merged run',
    });
  }
}
