/** Bit by bit: what a run holds against the same cases computed again. */
import type { Failure } from '../codec/block.js';
import {
  bytesPerElement,
  type ColumnSpec,
  type Columns,
  elements,
  isNumeric,
  type NumericData,
} from '../codec/columns.js';
import { encode } from '../codec/msgpack.js';
import type { RowBatch } from './row-batch.js';

/** The same cases computed again, in the same order. */
export interface Recomputed {
  readonly outputs: Columns;
  /** By row. */
  readonly failures: ReadonlyMap<number, Pick<Failure, 'status' | 'type' | 'message'>>;
}

export interface Difference {
  readonly case: number;
  /** The first output that differs; absent when one of the two failed, or they failed differently. */
  readonly output?: string;
}

/**
 * Cases whose results differ in any bit. NaNs count as equal only with the same bits, the zeros as different; where
 * both failed they must agree in status, type and message, and outputs are not looked at.
 */
export function differences(specs: readonly ColumnSpec[], kept: RowBatch, again: Recomputed): Difference[] {
  const found: Difference[] = [];
  for (let row = 0; row < kept.count; row++) {
    const [a, b] = [kept.failures.get(row), again.failures.get(row)];
    if (a || b) {
      const isSame = a?.status === b?.status && a?.type === b?.type && a?.message === b?.message;
      if (!isSame) found.push({ case: kept.cases[row]! });
      continue;
    }
    const spec = specs.find((each) => !sameBits(each, kept.outputs, again.outputs, row));
    if (spec) found.push({ case: kept.cases[row]!, output: spec.name });
  }
  return found;
}

function sameBits(spec: ColumnSpec, a: Columns, b: Columns, row: number): boolean {
  return Buffer.compare(bytesOf(spec, a, row), bytesOf(spec, b, row)) === 0;
}

function bytesOf(spec: ColumnSpec, columns: Columns, row: number): Uint8Array {
  const column = columns[spec.name]!;
  if (!isNumeric(spec.dtype)) return encode(column[row]);
  const { buffer, byteOffset } = column as NumericData;
  const bytes = elements(spec) * bytesPerElement[spec.dtype];
  return new Uint8Array(buffer, byteOffset + row * bytes, bytes);
}
