/** Cases that the user asks for again: their results so far no longer count. */
import { failedCases } from '../store/journal/failures.js';
import type { Journal } from '../store/journal/journal.js';
import { type JournalIndex, withdrawnFrom } from '../store/journal/journal-index.js';
import { encodeRanges } from '../store/journal/records.js';
import { type Edges, reversed } from '../study/task-graph.js';
import type { RunRequest } from './api.js';

/**
 * Writes it to the journal; what the index says from now on. Cases that were cancelled because of one of these, through
 * others perhaps, are asked for with it.
 */
export function withdraw(
  journal: Journal,
  journalDir: string,
  index: JournalIndex,
  retry: NonNullable<RunRequest['retry']>,
  dependencies: Edges | undefined,
): JournalIndex {
  const asked = new Set<number>();
  const suspects = index.suspects.clone();
  const failed = new Set<number>();
  const cancelled = new Set<number>();
  for (const entry of retry) if (typeof entry === 'number' && index.done.has(entry)) asked.add(entry);
  for (const { index: each, status, type } of failedCases(journalDir, index)) {
    if (type === 'DependencyFailed') cancelled.add(each);
    if (!asked.has(each) && !retry.some((entry) => entry === status)) continue;
    failed.add(each);
    // It ended every worker that it was alone with, and may do so again.
    if (type === 'WorkerLost') suspects.add(each, 1);
  }
  for (const each of failed) asked.add(each);
  if (dependencies && cancelled.size > 0) {
    for (const each of dependents(failed, cancelled, reversed(dependencies))) asked.add(each);
  }
  if (asked.size === 0) return index;
  journal.append('withdraw', encodeRanges([...asked].map((first) => ({ first, count: 1 }))));
  return { ...withdrawnFrom(index, asked), suspects };
}

/** Those of `cancelled` that depend on cases that are asked for, or on one that does. */
function dependents(
  asked: Iterable<number>,
  cancelled: ReadonlySet<number>,
  { offsets, cases }: Edges,
): Set<number> {
  const found = new Set<number>();
  const open = [...asked];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (let at = offsets[next]!; at < (offsets[next + 1] ?? 0); at++) {
      const dependent = cases[at]!;
      if (!cancelled.has(dependent) || found.has(dependent)) continue;
      found.add(dependent);
      open.push(dependent);
    }
  }
  return found;
}
