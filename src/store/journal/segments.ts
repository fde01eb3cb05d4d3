/** The segments of a journal's folder, and what must hold of each before a frame of it is read. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { EnvironmentError } from '../../errors/environment-error.js';
import { JournalDamage } from './damage.js';
import {
  frameHeaderBytes,
  journalSchemaVersion,
  type RecordKind,
  segmentHeaderBytes,
  segmentName,
  segmentNumber,
} from './format.js';
import type { Frame, SegmentReader } from './segment-reader.js';

export interface Segment {
  readonly number: number;
  readonly path: string;
  readonly isLast: boolean;
  /** False for a number that should be there and is not. */
  readonly exists: boolean;
}

/** A record as it lies in a journal. */
export interface JournalRecord {
  readonly kind: RecordKind;
  readonly segment: number;
  /** Byte of the segment's file where the payload starts. */
  readonly offset: number;
  /** The payload; valid until the next record is asked for. */
  readonly bytes: Uint8Array;
}

/** Segments in order; a gap in their numbers is a segment that does not exist. A missing folder has none. */
export function listSegments(dir: string): Segment[] {
  let names: string[];
  try {
    names = readdirSync(dir);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new EnvironmentError(`cannot read the journal in ${dir}`, { cause: error });
  }
  const numbers = new Set(names.map(segmentNumber).filter((number) => number !== undefined));
  const last = Math.max(0, ...numbers);
  return Array.from({ length: last }, (_, i) => ({
    number: i + 1,
    path: join(dir, segmentName(i + 1)),
    isLast: i + 1 === last,
    exists: numbers.has(i + 1),
  }));
}

/** Refuses a segment of another study, of another place or of a newer version. A damaged header passes. */
export function checkHeader(reader: SegmentReader, fingerprint: string, number: number): void {
  const { header, path } = reader;
  if (header.kind === 'damaged') return;
  if (header.schemaVersion > journalSchemaVersion) {
    throw new EnvironmentError(
      `${path} was written by a newer version (journal schema ${header.schemaVersion}, known up to ${journalSchemaVersion})`,
    );
  }
  if (header.fingerprint !== fingerprint) {
    throw new EnvironmentError(
      `${path} belongs to another study (fingerprint ${header.fingerprint.slice(0, 12)}, expected ${fingerprint.slice(0, 12)})`,
    );
  }
  if (header.number !== number) {
    throw new EnvironmentError(`${path} is segment ${header.number} of the journal, expected ${number}`);
  }
}

/** Whole frames from the start of a segment on; returns where the first one that is not whole would start. */
export function* wholeFrames(reader: SegmentReader, from = segmentHeaderBytes): Generator<Frame, number> {
  let offset = from;
  for (;;) {
    const frame = reader.frameAt(offset);
    if (!frame) return offset;
    yield frame;
    offset = frame.end;
  }
}

/** The record in a frame; undefined for frames that are the journal's own. */
export function recordOf(frame: Frame, segment: number): JournalRecord | undefined {
  const { kind, offset, payload } = frame;
  if (kind === undefined || kind === 'group' || kind === 'void') return undefined;
  return { kind, segment, offset: offset + frameHeaderBytes, bytes: payload };
}

/** What is wrong with a segment whose whole frames end at `end`. */
export type SegmentEnd =
  | { readonly kind: 'clean' }
  /** The end that a crash cut off: it was never reported as durable. */
  | { readonly kind: 'torn'; readonly offset: number; readonly bytes: number }
  | { readonly kind: 'damaged'; readonly damage: JournalDamage };

export function endOfSegment(reader: SegmentReader, segment: Segment, end: number): SegmentEnd {
  const isHeaderWhole = reader.header.kind === 'segment';
  if (isHeaderWhole && end === reader.size) return { kind: 'clean' };
  const offset = isHeaderWhole ? end : 0;
  const bytes = reader.size - offset;
  const proof =
    isHeaderWhole || end === segmentHeaderBytes ? reader.findFrame(end + 8, 'group') : segmentHeaderBytes;
  if (segment.isLast && proof === undefined) return { kind: 'torn', offset, bytes };
  const what = isHeaderWhole ? 'no whole record here' : 'the header of the segment is not whole';
  const why =
    proof === undefined ? 'later segments follow' : `data follows that was written later, at byte ${proof}`;
  return {
    kind: 'damaged',
    damage: new JournalDamage({ file: reader.path, offset, bytes }, `${what}, though ${why}`),
  };
}
