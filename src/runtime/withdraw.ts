/** Cases that the user asks for again: their results so far no longer count. */
import { InputError } from '../errors/input-error.js';
import { failedCases } from '../store/journal/failures.js';
import type { Journal } from '../store/journal/journal.js';
import { type JournalIndex, withdrawnFrom } from '../store/journal/journal-index.js';
import { encodeRanges } from '../store/journal/records.js';
import { type Edges, reversed } from '../study/task-graph.js';
import type { RetryWish } from './api.js';

/**
 * Writes it to the journal; what the index says from now on. Cases that were cancelled because of one of these, through
 * others perhaps, are asked for with it, and with a cancelled case what it would only be cancelled for again. Throws
 * InputError for a type of failure that no case has.
 */
export function withdraw(
  journal: Journal,
  journalDir: string,
  index: JournalIndex,
  retry: readonly RetryWish[],
  dependencies: Edges | undefined,
): JournalIndex {
  const asked = new Set<number>();
  const suspects = index.suspects.clone();
  const failed = new Map<number, string>();
  const types = new Set<string>();
  const wishes = new Set<number | string>(retry.filter((wish) => typeof wish !== 'object'));
  const wishedTypes = new Set(retry.flatMap((wish) => (typeof wish === 'object' ? [wish.type] : [])));
  for (const wish of wishes) if (typeof wish === 'number' && index.done.has(wish)) asked.add(wish);
  for (const { index: each, status, type } of failedCases(journalDir, index)) {
    failed.set(each, type);
    types.add(type);
    if (wishes.has(status) || wishedTypes.has(type)) asked.add(each);
  }
  for (const type of wishedTypes) if (!types.has(type)) throw noSuchType(type, types);
  if (dependencies) {
    // What did not complete of that which cancelled cases depend on, and of that which this depends on.
    const isCause = (from: number, to: number): boolean =>
      failed.get(from) === cancelledType && failed.has(to);
    for (const each of reached(asked, dependencies, isCause)) asked.add(each);
  }
  const cancelled = new Set([...failed.keys()].filter((each) => failed.get(each) === cancelledType));
  if (dependencies && cancelled.size > 0) {
    const again = [...asked].filter((each) => failed.has(each));
    // What was cancelled since it depends on cases that are asked for, or on one that does.
    const isDependent = (_from: number, to: number): boolean => cancelled.has(to);
    for (const each of reached(again, reversed(dependencies), isDependent)) asked.add(each);
  }
  // They ended every worker that they were alone with, and may do so again.
  for (const each of asked) if (failed.get(each) === 'WorkerLost') suspects.add(each, 1);
  if (asked.size === 0) return index;
  journal.append('withdraw', encodeRanges([...asked].map((first) => ({ first, count: 1 }))));
  return { ...withdrawnFrom(index, asked), suspects };
}

const cancelledType = 'DependencyFailed';

function noSuchType(type: string, types: ReadonlySet<string>): InputError {
  return new InputError('no case of the run failed in this way', {
    field: '--retry',
    expected: ['failed', 'timeout', 'the number of a case', ...[...types].sort()].join(', '),
    given: type,
  });
}

/** Cases that are reached from these by steps along the edges, the first ones only where a step leads back to them. */
function reached(
  from: Iterable<number>,
  { offsets, cases }: Edges,
  isStep: (from: number, to: number) => boolean,
): Set<number> {
  const found = new Set<number>();
  const open = [...from];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (let at = offsets[next]!; at < (offsets[next + 1] ?? 0); at++) {
      const to = cases[at]!;
      if (found.has(to) || !isStep(next, to)) continue;
      found.add(to);
      open.push(to);
    }
  }
  return found;
}
