import { type ColumnData, elements, isNumeric, type NumericData } from '../../codec/columns.js';
import { csvField } from '../../codec/csv-field.js';
import type { Table, TableColumn } from '../table.js';
import { jsonWriter, numberText } from './json-value.js';
import { longestText } from './output-file.js';
import type { Sink } from './sink.js';

/**
 * CSV after RFC 4180 with lines that end in a line feed: a header, then a line a row. A vector takes a column an
 * element, `name_0`, `name_1`, …, a matrix `name_0_0`, `name_0_1`, …; numbers are in the shortest form that reads
 * back to the same bits (NaN, Infinity, -Infinity as such), booleans are true and false, json columns are JSON text,
 * a missing value is an empty field.
 */
export function* writeCsv(table: Table, sink: Sink): Generator<void> {
  sink.writeText(`${table.columns.flatMap(fieldNames).map(csvField).join(',')}\n`);
  const writers = table.columns.map(fieldsWriter);
  const missing = table.columns.map((column) => ','.repeat(elements(column) - 1));
  for (const { count, data, valid } of table.batches(rowsAtOnce)) {
    let text = '';
    for (let row = 0; row < count; row++) {
      for (let c = 0; c < writers.length; c++) {
        if (c > 0) text += ',';
        text += valid[c]?.[row] === 0 ? missing[c]! : writers[c]!(data[c]!, row);
      }
      text += '\n';
      if (text.length > longestText) {
        sink.writeText(text);
        text = '';
      }
    }
    sink.writeText(text);
    yield;
  }
}

const rowsAtOnce = 2048;

function fieldNames({ name, shape }: TableColumn): string[] {
  return shape.reduce(
    (names, extent) => names.flatMap((start) => Array.from({ length: extent }, (_, i) => `${start}_${i}`)),
    [name],
  );
}

type FieldsOfRow = (data: ColumnData, row: number) => string;

function fieldsWriter(column: TableColumn): FieldsOfRow {
  if (column.dtype === 'string') return (data, row) => csvField(String(data[row]));
  if (!isNumeric(column.dtype)) {
    const json = jsonWriter(column);
    return (data, row) => csvField(json(data, row));
  }
  const scalar = scalarWriter(column);
  const size = elements(column);
  if (size === 1) return (data, row) => scalar((data as NumericData)[row]!);
  return (data, row) => {
    const values = data as NumericData;
    let text = '';
    for (let i = row * size; i < (row + 1) * size; i++) {
      text += i === row * size ? scalar(values[i]!) : `,${scalar(values[i]!)}`;
    }
    return text;
  };
}

function scalarWriter({ dtype }: TableColumn): (value: number | bigint) => string {
  if (dtype === 'bool') return (value) => (value ? 'true' : 'false');
  if (dtype === 'int64') return String;
  return (value) => numberText(value as number);
}
