/** The payloads of journal records that are lists of numbers. */
import type { Range } from '../../schedule/ranges.js';

/** Cases `first … first + count - 1` handed to a worker. */
export interface Assignment extends Range {
  readonly worker: number;
}

const assignmentBytes = 16;
const rangeBytes = 16;

/** 16 bytes an assignment: u32 worker, u32 count, f64 first. */
export function encodeAssignments(assignments: readonly Assignment[]): Uint8Array {
  const bytes = new Uint8Array(assignments.length * assignmentBytes);
  const view = new DataView(bytes.buffer);
  assignments.forEach(({ worker, first, count }, i) => {
    writeAssignment(view, i * assignmentBytes, worker, first, count);
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
): void {
  view.setUint32(at, worker, true);
  view.setUint32(at + 4, count, true);
  view.setFloat64(at + 8, first, true);
}

export function* decodeAssignments(bytes: Uint8Array): Generator<Assignment> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + assignmentBytes <= bytes.byteLength; at += assignmentBytes) {
    yield {
      worker: view.getUint32(at, true),
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
