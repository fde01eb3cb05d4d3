import { failureCount } from '../../codec/block.js';
import { BlockReader } from '../../store/journal/block-reader.js';
import type { JournalIndex } from '../../store/journal/journal-index.js';

/** Cases of each block that did not complete, of blocks that have any. `journal` is the journal's folder. */
export function failedCounts(journal: string, { blocks }: JournalIndex): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  const reader = new BlockReader(journal);
  try {
    for (let b = 0; b < blocks.length; b++) {
      if (blocks.failureBytes[b] === 0) continue;
      const bytes = reader.read(blocks.segment[b]!, blocks.offset[b]!, blocks.bytes[b]!);
      counts.set(b, failureCount(bytes, 0));
    }
  } finally {
    reader.close();
  }
  return counts;
}
