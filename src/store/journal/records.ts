/** The payloads of journal records that are lists of numbers. */
import type { Range } from '../../schedule/ranges.js';

/** Cases `first … first + count - 1` handed to a worker. */
export interface Assignment extends Range {
  readonly worker: number;
  /** It computes nothing beside them, because they may have ended a worker before. */
  readonly isAlone?: true;
}

const assignmentBytes = 16;
const rangeBytes = 16;
const aloneFlag = 0x8000_0000;

/** 16 bytes an assignment: u32 worker (its highest bit: alone), u32 count, f64 first. */
export function encodeAssignments(assignments: readonly Assignment[]): Uint8Array {
  const bytes = new Uint8Array(assignments.length * assignmentBytes);
  const view = new DataView(bytes.buffer);
  assignments.forEach(({ worker, first, count, isAlone = false }, i) => {
    writeAssignment(view, i * assignmentBytes, worker, first, count, isAlone);
  });
  return bytes;
}

/** One assignment at a place in memory of the caller's, for those who hand out millions. */
export function writeAssignment(
  view: DataView,
  at: number,
  worker: number,
  first: number,
  count: number,
  isAlone: boolean,
): void {
  view.setUint32(at, isAlone ? worker + aloneFlag : worker, true);
  view.setUint32(at + 4, count, true);
  view.setFloat64(at + 8, first, true);
}

export function* decodeAssignments(bytes: Uint8Array): Generator<Assignment> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + assignmentBytes <= bytes.byteLength; at += assignmentBytes) {
    const worker = view.getUint32(at, true);
    yield {
      worker: worker % aloneFlag,
      ...(worker >= aloneFlag && { isAlone: true }),
      count: view.getUint32(at + 4, true),
      first: view.getFloat64(at + 8, true),
    };
  }
}

/** 16 bytes a range: f64 first, f64 count. */
export function encodeRanges(ranges: Iterable<Range>): Uint8Array {
  return new Uint8Array(Float64Array.from([...ranges].flatMap(({ first, count }) => [first, count])).buffer);
}

export function* decodeRanges(bytes: Uint8Array): Generator<Range> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + rangeBytes <= bytes.byteLength; at += rangeBytes) {
    yield { first: view.getFloat64(at, true), count: view.getFloat64(at + 8, true) };
  }
}

/** f64 count of cases that are tried again, f64 each of them, then result blocks as they are. */
export function encodeRetries(again: readonly number[], blocks: Uint8Array): Uint8Array {
  const head = Float64Array.from([again.length, ...again]);
  const bytes = new Uint8Array(head.byteLength + blocks.byteLength);
  bytes.set(new Uint8Array(head.buffer));
  bytes.set(blocks, head.byteLength);
  return bytes;
}

export interface Retries {
  readonly again: readonly number[];
  /** A view of the record. */
  readonly blocks: Uint8Array;
  /** Byte of the record where the blocks begin. */
  readonly offset: number;
}

export function decodeRetries(bytes: Uint8Array): Retries {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const offset = 8 + 8 * view.getFloat64(0, true);
  const again: number[] = [];
  for (let at = 8; at < offset; at += 8) again.push(view.getFloat64(at, true));
  return { again, blocks: bytes.subarray(offset), offset };
}

/** f64 case, f64 how often a worker has died of it by now. */
export function encodeCrash(index: number, deaths: number): Uint8Array {
  return new Uint8Array(Float64Array.of(index, deaths).buffer);
}

export function decodeCrash(bytes: Uint8Array): { index: number; deaths: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { index: view.getFloat64(0, true), deaths: view.getFloat64(8, true) };
}
