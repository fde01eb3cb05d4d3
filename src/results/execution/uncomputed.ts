/** Rows that the coordinator wrote itself: of cases that were cancelled, fit nowhere, or were given up. */
import type { JournalIndex } from '../../store/journal/journal-index.js';

/** Nobody spent time on it, or nobody saw how long, as where MPI ended all ranks: a result, and no work of a rank. */
export function isUncomputed(blocks: JournalIndex['blocks'], block: number): boolean {
  return blocks.elapsedMs[block] === 0 && blocks.failureBytes[block]! > 0;
}
