/**
 * A result block: the results of one chunk as they travel in messages and lie in the journal, byte for byte.
 *
 * Layout, little-endian, every block a multiple of 8 bytes:
 *
 *   0  f64  first case
 *   8  f64  start of the computation, ms since the epoch by the worker's clock
 *  16  f64  elapsed ms of the computation
 *  24  u32  count of cases
 *  28  u32  bytes behind the header (padding included)
 *  32  u16  worker, its lower 16 bits
 *  34  u8   attempt, from 1; 255 stands for all from there on
 *  35  u8   worker, its upper 8 bits
 *  36  u32  bytes of the failure list (MessagePack of Failure[]), 0 when every case completed
 *  40  the columns (see encodeColumns), then the failure list, then padding
 *
 * The coordinator reads the header only; columns are decoded by whoever needs the numbers.
 */

import {
  allocateColumns,
  bytesPerElement,
  type ColumnSpec,
  type Columns,
  elements,
  isNumeric,
} from './columns.js';
import { dataViewOf } from './data-view.js';
import { decode, encode } from './msgpack.js';

export const blockHeaderBytes = 40;

/** How a case ended. `cancelled` cases were given up by the user or the end of the run. */
export type CaseStatus = 'completed' | 'failed' | 'timeout' | 'cancelled';

/** A case that did not complete: a row of the results like any other. */
export interface Failure {
  /** Position in the block: case = block.first + offset. */
  readonly offset: number;
  readonly status: Exclude<CaseStatus, 'completed'>;
  /** Short name of the kind: `InvalidModel`, `TypeError`, `exit code 3`. */
  readonly type: string;
  readonly message: string;
  readonly traceback?: string;
  /** Of a case that ran out of memory: how much it might use, where there was a limit. */
  readonly memoryBytes?: number;
  /** Outputs that have a value all the same, such as the exit code of a program. */
  readonly known?: readonly string[];
}

export interface BlockHeader {
  readonly first: number;
  readonly count: number;
  readonly startedMs: number;
  readonly elapsedMs: number;
  readonly worker: number;
  readonly attempt: number;
}

export interface Block extends BlockHeader {
  readonly columns: Columns;
  readonly failures: readonly Failure[];
}

const pad8 = (bytes: number): number => (bytes + 7) & ~7;

/** Bytes of a case in numeric columns: what bounds the cases of a block. 0 when no column is numeric. */
export function numericBytesPerCase(specs: readonly ColumnSpec[]): number {
  return specs.reduce((sum, spec) => sum + elements(spec) * bytesPerElement[spec.dtype], 0);
}

/** A whole block in a buffer of its own. */
export function encodeBlock(specs: readonly ColumnSpec[], block: Block): Uint8Array {
  return new BlockWriter(specs).encode(block);
}

/** Writes blocks of one kernel's outputs. A worker writes millions: numeric columns without failures cost a copy. */
export class BlockWriter {
  readonly #specs: readonly ColumnSpec[];
  /** Bytes of a case in each column, 0 where it is not numeric. */
  readonly #widths: readonly number[];
  readonly #isNumeric: boolean;
  constructor(specs: readonly ColumnSpec[]) {
    this.#specs = specs;
    this.#widths = specs.map((spec) => elements(spec) * bytesPerElement[spec.dtype]);
    this.#isNumeric = specs.every((spec) => isNumeric(spec.dtype));
  }

  encode(block: Block): Uint8Array {
    const parts = this.#pack(block);
    const bytes = new Uint8Array(blockHeaderBytes + this.#bodyBytes(block, parts));
    this.#write(block, parts, bytes, 0, bytes.byteLength);
    return bytes;
  }

  /** Writes a block at `at` (a multiple of 8); the bytes written, or 0 and nothing written when it does not fit. */
  writeInto(target: Uint8Array, at: number, block: Block): number {
    const parts = this.#isNumeric && block.failures.length === 0 ? noParts : this.#pack(block);
    const bytes = blockHeaderBytes + this.#bodyBytes(block, parts);
    if (at + bytes > target.byteLength) return 0;
    this.#write(block, parts, target, at, bytes);
    return bytes;
  }

  #pack(block: Block): Parts {
    return {
      packed: this.#specs.map((spec) =>
        isNumeric(spec.dtype)
          ? undefined
          : encode((block.columns[spec.name] as unknown[]).slice(0, block.count)),
      ),
      failures: block.failures.length > 0 ? encode(block.failures) : undefined,
    };
  }

  #bodyBytes(block: Block, { packed, failures }: Parts): number {
    let bytes = failures ? pad8(failures.byteLength) : 0;
    for (let i = 0; i < this.#widths.length; i++) {
      const variable = packed[i];
      bytes += variable ? 8 + pad8(variable.byteLength) : pad8(block.count * (this.#widths[i] as number));
    }
    return bytes;
  }

  #write(block: Block, { packed, failures }: Parts, target: Uint8Array, start: number, bytes: number): void {
    const view = dataViewOf(target);
    writeBlockHeader(view, start, block, bytes - blockHeaderBytes, failures?.byteLength ?? 0);
    let at = start + blockHeaderBytes;
    for (let i = 0; i < this.#specs.length; i++) {
      const variable = packed[i];
      if (variable) {
        view.setUint32(at, variable.byteLength, true);
        view.setUint32(at + 4, 0, true);
        at = put(target, at + 8, variable);
      } else {
        const data = block.columns[(this.#specs[i] as ColumnSpec).name] as Float64Array;
        const length = block.count * (this.#widths[i] as number);
        at = put(target, at, new Uint8Array(data.buffer, data.byteOffset, length));
      }
    }
    if (failures) put(target, at, failures);
  }
}

/** What is encoded before its length is known: columns that are not numeric, and the failures. */
interface Parts {
  readonly packed: readonly (Uint8Array | undefined)[];
  readonly failures: Uint8Array | undefined;
}

const noParts: Parts = { packed: [], failures: undefined };

/** Copies and pads with zeros: the target may hold an older message, and equal results must be equal bytes. */
function put(target: Uint8Array, at: number, bytes: Uint8Array): number {
  target.set(bytes, at);
  let end = at + bytes.byteLength;
  for (; end % 8 !== 0; end++) target[end] = 0;
  return end;
}

export function writeBlockHeader(
  view: DataView,
  at: number,
  header: BlockHeader,
  bodyBytes: number,
  failureBytes: number,
): void {
  view.setFloat64(at, header.first, true);
  view.setFloat64(at + 8, header.startedMs, true);
  view.setFloat64(at + 16, header.elapsedMs, true);
  view.setUint32(at + 24, header.count, true);
  view.setUint32(at + 28, bodyBytes, true);
  view.setUint16(at + 32, header.worker & 0xffff, true);
  view.setUint8(at + 34, Math.min(header.attempt, 0xff));
  view.setUint8(at + 35, header.worker >>> 16);
  view.setUint32(at + 36, failureBytes, true);
}

/** Header of the block that starts at `at`; the next block starts at `at + blockHeaderBytes + bodyBytes`. */
export function readBlockHeader(
  view: DataView,
  at: number,
): BlockHeader & { bodyBytes: number; failureBytes: number } {
  return {
    first: view.getFloat64(at, true),
    startedMs: view.getFloat64(at + 8, true),
    elapsedMs: view.getFloat64(at + 16, true),
    count: view.getUint32(at + 24, true),
    bodyBytes: view.getUint32(at + 28, true),
    worker: blockWorker(view, at),
    attempt: blockAttempt(view, at),
    failureBytes: view.getUint32(at + 36, true),
  };
}

/** Who computed the block at `at`: a number of 24 bits. */
export function blockWorker(view: DataView, at: number): number {
  return view.getUint16(at + 32, true) | (view.getUint8(at + 35) << 16);
}

/** Which attempt the block at `at` is. */
export function blockAttempt(view: DataView, at: number): number {
  return view.getUint8(at + 34);
}

/** Cases of the block at `at` that did not complete, without decoding its columns. */
export function failureCount(bytes: Uint8Array, at: number): number {
  return readFailures(bytes, at).length;
}

/** Failures of the block at `at`, without decoding its columns. */
export function readFailures(bytes: Uint8Array, at: number): readonly Failure[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { bodyBytes, failureBytes } = readBlockHeader(view, at);
  if (failureBytes === 0) return [];
  const from = at + blockHeaderBytes + bodyBytes - pad8(failureBytes);
  return decode(bytes.subarray(from, from + failureBytes)) as Failure[];
}

/** A whole block. Numeric columns are copies, aligned and owned by the caller. */
export function decodeBlock(specs: readonly ColumnSpec[], bytes: Uint8Array, at = 0): Block {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = readBlockHeader(view, at);
  const columns = allocateColumns(specs, header.count);
  let from = at + blockHeaderBytes;
  for (const spec of specs) {
    if (isNumeric(spec.dtype)) {
      const length = header.count * elements(spec) * bytesPerElement[spec.dtype];
      const data = columns[spec.name] as Float64Array;
      new Uint8Array(data.buffer).set(bytes.subarray(from, from + length));
      from += pad8(length);
    } else {
      const length = view.getUint32(from, true);
      columns[spec.name] = decode(bytes.subarray(from + 8, from + 8 + length)) as unknown[];
      from += 8 + pad8(length);
    }
  }
  const failures =
    header.failureBytes > 0 ? (decode(bytes.subarray(from, from + header.failureBytes)) as Failure[]) : [];
  const { first, count, startedMs, elapsedMs, worker, attempt } = header;
  return { first, count, startedMs, elapsedMs, worker, attempt, columns, failures };
}
