/** What stands in a journal: cases done, failed, and the failures by kind. */
import { failedCases } from '../store/journal/failures.js';
import type { JournalIndex } from '../store/journal/journal-index.js';
import type { FailureKind } from './api.js';

export interface Tally {
  /** Cases with a result, failed ones included. */
  readonly done: number;
  readonly failed: number;
  /** Most frequent first. */
  readonly kinds: readonly FailureKind[];
}

/** Counts cases `0 … total - 1`. */
export function tally(journalDir: string, index: JournalIndex, total: number): Tally {
  let missing = 0;
  for (const { count } of index.done.missing(0, total)) missing += count;
  const kinds = new Map<string, FailureKind>();
  let failed = 0;
  for (const { index: example, status, type, message } of failedCases(journalDir, index)) {
    if (example >= total) break;
    failed++;
    const key = `${status} ${type}`;
    const kind = kinds.get(key);
    kinds.set(key, kind ? { ...kind, count: kind.count + 1 } : { status, type, message, example, count: 1 });
  }
  return { done: total - missing, failed, kinds: [...kinds.values()].sort((a, b) => b.count - a.count) };
}
