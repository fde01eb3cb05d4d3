/** Rows of one encoded block into columns of a batch, without decoding the rows that nobody asked for. */
import { blockHeaderBytes, type Failure, readBlockHeader } from '../codec/block.js';
import {
  bytesPerElement,
  type ColumnSpec,
  type Columns,
  elements,
  isNumeric,
  type NumericData,
} from '../codec/columns.js';
import { decode } from '../codec/msgpack.js';

/** An encoded block (codec/block) whose parts are found once and copied as often as needed. */
export class BlockRows {
  readonly count: number;
  readonly failures: readonly Failure[];
  readonly #bytes: Uint8Array;
  readonly #parts: readonly Part[];

  /** `bytes` must stay as it is while this object is used. */
  constructor(specs: readonly ColumnSpec[], bytes: Uint8Array) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const header = readBlockHeader(view, 0);
    let at = blockHeaderBytes;
    this.#bytes = bytes;
    this.count = header.count;
    this.#parts = specs.map((spec) => {
      if (isNumeric(spec.dtype)) {
        const rowBytes = elements(spec) * bytesPerElement[spec.dtype];
        const part: Part = { kind: 'numeric', name: spec.name, from: at, rowBytes };
        at += pad8(header.count * rowBytes);
        return part;
      }
      const length = view.getUint32(at, true);
      const values = decode(bytes.slice(at + 8, at + 8 + length)) as unknown[];
      at += 8 + pad8(length);
      return { kind: 'plain', name: spec.name, values };
    });
    this.failures =
      header.failureBytes > 0 ? (decode(bytes.slice(at, at + header.failureBytes)) as Failure[]) : [];
  }

  /** Copies rows `from … from + count - 1` of the block to rows `to …` of `out`. */
  copy(from: number, count: number, out: Columns, to: number): void {
    for (const part of this.#parts) {
      const column = out[part.name];
      if (column === undefined) continue;
      if (part.kind === 'numeric') {
        const data = column as NumericData;
        const { rowBytes } = part;
        const start = part.from + from * rowBytes;
        new Uint8Array(data.buffer, data.byteOffset + to * rowBytes, count * rowBytes).set(
          this.#bytes.subarray(start, start + count * rowBytes),
        );
      } else {
        const values = column as unknown[];
        for (let i = 0; i < count; i++) values[to + i] = part.values[from + i];
      }
    }
  }
}

type Part =
  | { readonly kind: 'numeric'; readonly name: string; readonly from: number; readonly rowBytes: number }
  | { readonly kind: 'plain'; readonly name: string; readonly values: readonly unknown[] };

const pad8 = (bytes: number): number => Math.ceil(bytes / 8) * 8;
