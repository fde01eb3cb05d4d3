/** Where what the program of a case printed is kept, for each attempt. */
import { decodeBlock } from '../codec/block.js';
import { InputError } from '../errors/input-error.js';
import { BlockReader } from '../store/journal/block-reader.js';
import type { JournalIndex } from '../store/journal/journal-index.js';
import type { KeptOutput } from '../store/kept-output.js';
import type { RunDirectoryView } from '../store/run-directory.js';
import { keptOutputColumn } from '../study/command/source.js';

export interface AttemptOutput {
  readonly attempt: number;
  /** Its result is the one that counts. */
  readonly isCounted: boolean;
  /** Null where nothing was printed. */
  readonly kept: KeptOutput | null;
}

/** In the order in which they came back. Throws InputError for a run without programs. */
export function keptOutputs(
  { manifest, paths }: Pick<RunDirectoryView, 'manifest' | 'paths'>,
  { blocks, pieces }: JournalIndex,
  caseNumber: number,
): AttemptOutput[] {
  const layout = manifest.kernel?.outputs ?? [];
  if (manifest.kernel && !layout.some(({ name }) => name === keptOutputColumn)) {
    throw new InputError('the cases of this run are not computed by programs, and print nothing', {
      given: `kernel ${manifest.kernel.name}`,
    });
  }
  const counted = pieces.find(({ first, count }) => caseNumber >= first && caseNumber < first + count)?.block;
  const found: AttemptOutput[] = [];
  const reader = new BlockReader(paths.journal);
  try {
    for (let b = 0; b < blocks.length; b++) {
      const first = blocks.first[b]!;
      if (caseNumber < first || caseNumber >= first + blocks.count[b]!) continue;
      const bytes = reader.read(blocks.segment[b]!, blocks.offset[b]!, blocks.bytes[b]!);
      const { attempt, columns } = decodeBlock(layout, bytes);
      const kept = columns[keptOutputColumn]![caseNumber - first] as KeptOutput | null;
      found.push({ attempt, isCounted: counted === b, kept });
    }
  } finally {
    reader.close();
  }
  return found;
}
