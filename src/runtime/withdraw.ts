/** Cases that the user asks for again: their results so far no longer count. */
import { failedCases } from '../store/journal/failures.js';
import type { Journal } from '../store/journal/journal.js';
import type { JournalIndex } from '../store/journal/journal-index.js';
import { encodeRanges } from '../store/journal/records.js';
import type { RunRequest } from './api.js';

/** Writes it to the journal, and brings the index to what it will say of it from now on. */
export function withdraw(
  journal: Journal,
  journalDir: string,
  index: JournalIndex,
  retry: NonNullable<RunRequest['retry']>,
): void {
  const attempts = new Map<number, number>();
  for (const entry of retry) {
    if (typeof entry === 'number' && index.done.has(entry)) attempts.set(entry, attemptOf(index, entry));
  }
  for (const failed of failedCases(journalDir, index)) {
    const isAsked = attempts.has(failed.index) || retry.some((entry) => entry === failed.status);
    if (!isAsked) continue;
    attempts.set(failed.index, failed.attempt);
    // It ended every worker that it was alone with, and may do so again.
    if (failed.type === 'WorkerLost') index.suspects.add(failed.index, 1);
  }
  if (attempts.size === 0) return;
  journal.append('withdraw', encodeRanges([...attempts.keys()].map((first) => ({ first, count: 1 }))));
  for (const [first, attempt] of attempts) {
    index.done.delete(first, 1);
    index.tried.set(first, { attempts: attempt, forgiven: attempt });
  }
}

/** Of the block that holds this case's result. */
function attemptOf({ pieces, blocks }: JournalIndex, index: number): number {
  let low = 0;
  let high = pieces.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (pieces[middle]!.first <= index) low = middle + 1;
    else high = middle;
  }
  return blocks.attempt[pieces[low - 1]!.block]!;
}
