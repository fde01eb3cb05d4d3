/** What blocks say of cases that did not complete, superseded blocks included. `journal` is the journal's folder. */
import { type Failure, readFailures } from '../../codec/block.js';
import { BlockReader } from '../../store/journal/block-reader.js';
import type { JournalIndex } from '../../store/journal/journal-index.js';

/** Cases of each block that did not complete, of blocks that have any. */
export function failedCounts(journal: string, index: JournalIndex): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  eachFailedBlock(journal, index, (block, failures) => counts.set(block, failures.length));
  return counts;
}

/** Attempts of each session that took too long, whether another followed or not. */
export function timedOutAttempts(journal: string, index: JournalIndex): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  eachFailedBlock(journal, index, (block, failures) => {
    const session = index.blocks.session[block]!;
    const timeouts = failures.filter(({ status }) => status === 'timeout').length;
    counts.set(session, (counts.get(session) ?? 0) + timeouts);
  });
  return counts;
}

function eachFailedBlock(
  journal: string,
  { blocks }: JournalIndex,
  visit: (block: number, failures: readonly Failure[]) => void,
): void {
  const reader = new BlockReader(journal);
  try {
    for (let b = 0; b < blocks.length; b++) {
      if (blocks.failureBytes[b] === 0) continue;
      visit(b, readFailures(reader.read(blocks.segment[b]!, blocks.offset[b]!, blocks.bytes[b]!), 0));
    }
  } finally {
    reader.close();
  }
}
