/** The cases of a journal that did not complete, read from the few blocks that have any. */
import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { type Failure, readFailures } from '../../codec/block.js';
import { segmentName } from './format.js';
import type { JournalIndex } from './journal-index.js';

export interface FailedCase extends Omit<Failure, 'offset'> {
  readonly index: number;
  readonly attempt: number;
  /** The block of the index that holds it. */
  readonly block: number;
}

/** Their numbers alone. */
export function* failedNumbers(dir: string, index: JournalIndex): Generator<number> {
  for (const failed of failedCases(dir, index)) yield failed.index;
}

/** In the order of cases. A case counts by the block that holds its result, not by superseded ones. */
export function* failedCases(dir: string, { pieces, blocks }: JournalIndex): Generator<FailedCase> {
  const files = new Map<number, number>();
  try {
    for (const { first, count, block } of pieces) {
      if (blocks.failureBytes[block] === 0) continue;
      const segment = blocks.segment[block] as number;
      let file = files.get(segment);
      if (file === undefined) {
        file = openSync(join(dir, segmentName(segment)), 'r');
        files.set(segment, file);
      }
      const bytes = new Uint8Array(blocks.bytes[block] as number);
      readSync(file, bytes, 0, bytes.byteLength, blocks.offset[block] as number);
      const blockFirst = blocks.first[block] as number;
      const attempt = blocks.attempt[block] as number;
      // A kernel may name its failures in any order.
      const failures = readFailures(bytes, 0).toSorted((a, b) => a.offset - b.offset);
      for (const { offset, ...failure } of failures) {
        const index = blockFirst + offset;
        if (index >= first && index < first + count) yield { ...failure, index, attempt, block };
      }
    }
  } finally {
    for (const file of files.values()) closeSync(file);
  }
}
