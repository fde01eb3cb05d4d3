/** Makes a journal that a crash or a disk has hurt fit for appending, and shows its records on the way. */
import {
  closeSync,
  fdatasyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { syncFolder } from '../atomic-file.js';
import { JournalDamage, type Stretch } from './damage.js';
import {
  frameHeaderBytes,
  frameKinds,
  frameSeed,
  pad8,
  sealFrame,
  segmentHeader,
  segmentHeaderBytes,
} from './format.js';
import { SegmentReader } from './segment-reader.js';
import {
  checkHeader,
  endOfSegment,
  type JournalRecord,
  listSegments,
  recordOf,
  type Segment,
  wholeFrames,
} from './segments.js';

export interface Recovery {
  /** The torn end that was cut off; none after a clean end. */
  readonly cut: Stretch | undefined;
  /** Damaged stretches that salvage has fenced off; what they held is lost. */
  readonly lost: readonly Stretch[];
}

export interface RecoverOptions {
  readonly dir: string;
  readonly fingerprint: string;
  /** Goes on behind damage, which is refused otherwise. */
  readonly salvage: boolean;
}

/**
 * Reads the whole journal, cuts a torn end and, with `salvage`, fences damage off in place, so that the next reader
 * finds a whole journal. Returns what was done and the number of the next segment.
 *
 * @throws JournalDamage for damage without `salvage`; nothing has been changed then
 */
export function recoverJournal(
  { dir, fingerprint, salvage }: RecoverOptions,
  visit: (record: JournalRecord) => void,
): { recovery: Recovery; nextSegment: number } {
  mkdirSync(dir, { recursive: true });
  const lost: Stretch[] = [];
  let cut: Stretch | undefined;
  let nextSegment = 1;
  for (const segment of listSegments(dir)) {
    nextSegment = segment.number + 1;
    if (!segment.exists) {
      const stretch = { file: segment.path, offset: 0, bytes: 0 };
      if (!salvage) throw new JournalDamage(stretch, 'the segment is missing');
      replaceHeader(segment, fingerprint);
      lost.push(stretch);
      continue;
    }
    const end = visitSegment(segment, fingerprint, salvage, lost, visit);
    if (end.kind === 'torn') {
      cut = { file: segment.path, offset: end.offset, bytes: end.bytes };
      if (end.offset === 0) {
        unlinkSync(segment.path);
        nextSegment = segment.number;
      } else {
        truncateSegment(segment.path, end.offset);
      }
      syncFolder(dirname(segment.path));
    }
  }
  return { recovery: { cut, lost }, nextSegment };
}

type End =
  | { readonly kind: 'clean' }
  | { readonly kind: 'torn'; readonly offset: number; readonly bytes: number };

function visitSegment(
  segment: Segment,
  fingerprint: string,
  salvage: boolean,
  lost: Stretch[],
  visit: (record: JournalRecord) => void,
): End {
  let reader = new SegmentReader(segment.path, fingerprint, segment.number);
  try {
    checkHeader(reader, fingerprint, segment.number);
    let from = segmentHeaderBytes;
    for (;;) {
      const frames = wholeFrames(reader, from);
      let next = frames.next();
      for (; !next.done; next = frames.next()) {
        const record = recordOf(next.value, segment.number);
        if (record) visit(record);
      }
      const end = endOfSegment(reader, segment, next.value);
      if (end.kind !== 'damaged') return end;
      if (!salvage) throw end.damage;
      if (reader.header.kind === 'damaged') {
        replaceHeader(segment, fingerprint);
        lost.push({ file: segment.path, offset: 0, bytes: segmentHeaderBytes });
      }
      from = next.value;
      if (from < reader.size) lost.push(fenceOff(reader, segment, fingerprint, from));
      // The file has changed under the reader's window and size.
      reader.close();
      reader = new SegmentReader(segment.path, fingerprint, segment.number);
    }
  } finally {
    reader.close();
  }
}

/** Turns what lies between a bad frame and the next whole one into a `void` frame, or cuts it when nothing follows. */
function fenceOff(reader: SegmentReader, segment: Segment, fingerprint: string, offset: number): Stretch {
  const next = reader.findFrame(offset + frameHeaderBytes);
  if (next === undefined) {
    truncateSegment(segment.path, offset);
    return { file: segment.path, offset, bytes: reader.size - offset };
  }
  const bytes = new Uint8Array(next - offset);
  const fd = openSync(segment.path, 'r+');
  try {
    for (let filled = 0; filled < bytes.byteLength; ) {
      filled += readSync(fd, bytes, filled, bytes.byteLength - filled, offset + filled);
    }
    const payloadBytes = bytes.byteLength - frameHeaderBytes;
    const seed = frameSeed(segmentHeader(fingerprint, segment.number));
    sealFrame(bytes, new DataView(bytes.buffer), 0, { kind: frameKinds.void, payloadBytes, offset, seed });
    writeSync(fd, bytes, 0, frameHeaderBytes, offset);
    fdatasyncSync(fd);
  } finally {
    closeSync(fd);
  }
  return { file: segment.path, offset, bytes: bytes.byteLength };
}

function replaceHeader(segment: Segment, fingerprint: string): void {
  const fd = openSync(segment.path, segment.exists ? 'r+' : 'wx');
  try {
    writeSync(fd, segmentHeader(fingerprint, segment.number), 0, segmentHeaderBytes, 0);
    fdatasyncSync(fd);
  } finally {
    closeSync(fd);
  }
  syncFolder(dirname(segment.path));
}

/** Cuts a segment at a multiple of 8, where the next whole frame could start. */
function truncateSegment(path: string, bytes: number): void {
  const fd = openSync(path, 'r+');
  try {
    ftruncateSync(fd, pad8(bytes));
    fdatasyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
