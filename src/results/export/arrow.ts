import type { Data, DataType, Field } from 'apache-arrow';
import { elements, isNumeric, type NumericData } from '../../codec/columns.js';
import type { Table, TableBatch, TableColumn } from '../table.js';
import { rowsPerGroup } from './batch-rows.js';
import { jsonWriter } from './json-value.js';
import type { Sink } from './sink.js';

/**
 * Arrow IPC file (Feather 2), uncompressed, a record batch at a time. Vectors and matrices are FixedSizeLists
 * (row-major), with shape and unit in their field's metadata; strings and JSON text are Utf8; missing values are
 * null, with zeros in their place.
 */
export async function* writeArrow(table: Table, sink: Sink): AsyncGenerator<void> {
  const arrow = await import('apache-arrow');
  const fields = table.columns.map((column) => fieldOf(arrow, column));
  const schema = new arrow.Schema(fields);

  // What the library would queue goes to the file at once, so that no batch outlives its turn.
  class FileWriter extends arrow.RecordBatchFileWriter {
    protected override _write(chunk: ArrayBufferView): this {
      if (!this._started || chunk.byteLength === 0) return this;
      sink.write(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
      this._position += chunk.byteLength;
      return this;
    }
  }

  const writer = new FileWriter();
  writer.reset(undefined, schema);
  for (const batch of table.batches(rowsPerGroup(table.columns))) {
    const children = table.columns.map((column, i) => dataOf(arrow, fields[i]!.type, column, batch, i));
    const data = arrow.makeData({
      type: new arrow.Struct(fields),
      length: batch.count,
      nullCount: 0,
      children,
    });
    writer.write(new arrow.RecordBatch(schema, data));
    yield;
  }
  writer.finish();
}

type Arrow = typeof import('apache-arrow');

function fieldOf(arrow: Arrow, { name, dtype, shape, unit, isNullable }: TableColumn): Field {
  const metadata = new Map<string, string>();
  if (unit !== undefined) metadata.set('unit', unit);
  if (shape.length > 0) metadata.set('shape', JSON.stringify(shape));
  const scalar = scalarType(arrow, dtype);
  const size = shape.reduce((product, extent) => product * extent, 1);
  const type =
    shape.length === 0 ? scalar : new arrow.FixedSizeList(size, new arrow.Field('item', scalar, false));
  return new arrow.Field(name, type, isNullable, metadata);
}

function scalarType(arrow: Arrow, dtype: TableColumn['dtype']): DataType {
  switch (dtype) {
    case 'float64':
      return new arrow.Float64();
    case 'float32':
      return new arrow.Float32();
    case 'int32':
      return new arrow.Int32();
    case 'int64':
      return new arrow.Int64();
    case 'bool':
      return new arrow.Bool();
    case 'string':
    case 'json':
      return new arrow.Utf8();
    default:
      return dtype satisfies never;
  }
}

function dataOf(
  arrow: Arrow,
  type: DataType,
  column: TableColumn,
  { count, data, valid }: TableBatch,
  c: number,
): Data {
  const mask = valid[c];
  const nullCount = mask ? mask.reduce((sum, byte) => sum + (byte === 0 ? 1 : 0), 0) : 0;
  const nulls = mask && nullCount > 0 ? { nullCount, nullBitmap: packBits(mask) } : { nullCount: 0 };
  if (!isNumeric(column.dtype)) {
    const json = jsonWriter(column);
    const text = (row: number): string => {
      if (mask?.[row] === 0) return '';
      return column.dtype === 'json' ? json(data[c]!, row) : String(data[c]![row]);
    };
    return arrow.makeData({
      type: type as InstanceType<Arrow['Utf8']>,
      length: count,
      ...nulls,
      ...utf8(count, text),
    });
  }
  const size = elements(column);
  const values = zeroWhereMissing(data[c] as NumericData, size, mask);
  // The library takes any buffer whose type fits the column's; its types can only say so for a type known here.
  const packed = column.dtype === 'bool' ? packBits(values as Uint8Array) : values;
  if (!arrow.DataType.isFixedSizeList(type)) {
    return arrow.makeData({
      type: type as InstanceType<Arrow['Float64']>,
      length: count,
      ...nulls,
      data: packed as Float64Array,
    });
  }
  const child = arrow.makeData({
    type: type.children[0]!.type as InstanceType<Arrow['Float64']>,
    length: count * size,
    nullCount: 0,
    data: packed as Float64Array,
  });
  return arrow.makeData({ type, length: count, ...nulls, child });
}

/** Least significant bit first, padded to whole 64-bit words as Arrow asks. */
function packBits(bytes: Uint8Array): Uint8Array {
  const bits = new Uint8Array(Math.ceil(bytes.length / 64) * 8);
  for (let i = 0; i < bytes.length; i++) if (bytes[i] !== 0) bits[i >> 3]! |= 1 << (i & 7);
  return bits;
}

function utf8(count: number, text: (row: number) => string): { valueOffsets: Int32Array; data: Uint8Array } {
  const valueOffsets = new Int32Array(count + 1);
  const parts: Buffer[] = [];
  for (let row = 0; row < count; row++) {
    const bytes = Buffer.from(text(row));
    parts.push(bytes);
    valueOffsets[row + 1] = valueOffsets[row]! + bytes.byteLength;
  }
  return { valueOffsets, data: new Uint8Array(Buffer.concat(parts)) };
}

/** What a kernel leaves in rows that failed is not part of the results, and must not make two exports differ. */
function zeroWhereMissing(values: NumericData, size: number, mask: Uint8Array | undefined): NumericData {
  mask?.forEach((byte, row) => {
    if (byte !== 0) return;
    if (values instanceof BigInt64Array) values.fill(0n, row * size, (row + 1) * size);
    else values.fill(0, row * size, (row + 1) * size);
  });
  return values;
}
