/** What a run directory holds, read from its journal alone: which cases are done, and every bit of their results. */
import { join } from 'node:path';
import { type Block, decodeBlock } from '../../src/codec/block.js';
import { elements, isNumeric, type NumericData } from '../../src/codec/columns.js';
import { RangeSet } from '../../src/schedule/ranges.js';
import { BlockReader } from '../../src/store/journal/block-reader.js';
import { indexJournal } from '../../src/store/journal/journal-index.js';
import { readLiveFile } from '../../src/store/live-file.js';
import { readManifest } from '../../src/store/manifest.js';

export interface RunState {
  readonly done: RangeSet;
  /** Cases in all result blocks beyond one for each done case: results that came twice. */
  readonly superseded: number;
  /** Done cases that the last session showed to those who watch. */
  readonly shown: number;
}

/** A run directory in whatever state a kill has left it; before there is a manifest nothing is done. */
export function runState(runDir: string): RunState {
  const manifest = readManifest(runDir);
  if (!manifest) return { done: new RangeSet(), superseded: 0, shown: 0 };
  const { done, blocks } = indexJournal(join(runDir, 'journal'), manifest.fingerprint);
  let cases = 0;
  for (let i = 0; i < blocks.length; i++) cases += blocks.count[i]!;
  const live = readLiveFile(runDir) as { done?: number } | undefined;
  return { done, superseded: cases - done.total, shown: live?.done ?? 0 };
}

/** One text for each done case, by case: the bits of its outputs, or why it has none. */
export function resultTexts(runDir: string): Map<number, string> {
  const manifest = readManifest(runDir)!;
  const outputs = manifest.kernel?.outputs ?? [];
  const journal = join(runDir, 'journal');
  const { pieces, blocks } = indexJournal(journal, manifest.fingerprint);
  const reader = new BlockReader(journal);
  const texts = new Map<number, string>();
  try {
    for (const { first, count, block: at } of pieces) {
      const bytes = reader.read(blocks.segment[at]!, blocks.offset[at]!, blocks.bytes[at]!);
      const block = decodeBlock(outputs, bytes);
      for (let i = first; i < first + count; i++) texts.set(i, textOf(block, i - block.first, outputs));
    }
  } finally {
    reader.close();
  }
  return texts;
}

/** For how long the chunk of each done case ran, ms. */
export function elapsedTimes(runDir: string): Map<number, number> {
  const { pieces, blocks } = indexJournal(join(runDir, 'journal'), readManifest(runDir)!.fingerprint);
  const times = new Map<number, number>();
  for (const { first, count, block } of pieces) {
    for (let i = first; i < first + count; i++) times.set(i, blocks.elapsedMs[block]!);
  }
  return times;
}

/** Which attempt at each done case its result is of. */
export function attemptsOf(runDir: string): Map<number, number> {
  const { pieces, blocks } = indexJournal(join(runDir, 'journal'), readManifest(runDir)!.fingerprint);
  const attempts = new Map<number, number>();
  for (const { first, count, block } of pieces) {
    for (let i = first; i < first + count; i++) attempts.set(i, blocks.attempt[block]!);
  }
  return attempts;
}

function textOf(block: Block, row: number, outputs: Parameters<typeof decodeBlock>[0]): string {
  const failure = block.failures.find(({ offset }) => offset === row);
  if (failure) return `${failure.status} ${failure.type}: ${failure.message}`;
  return outputs
    .map((spec) => {
      const column = block.columns[spec.name]!;
      if (!isNumeric(spec.dtype)) return String(column[row]);
      const length = elements(spec);
      const { buffer, byteLength } = (column as NumericData).slice(row * length, (row + 1) * length);
      return Buffer.from(buffer as ArrayBuffer, 0, byteLength).toString('hex');
    })
    .join(' ');
}
