import type { Table } from '../table.js';
import { jsonWriter } from './json-value.js';
import { longestText } from './output-file.js';
import type { Sink } from './sink.js';

/** JSON lines: an object a row with every column by name; vectors are arrays, a missing value is null. See `jsonWriter`. */
export function* writeJsonl(table: Table, sink: Sink): Generator<void> {
  const keys = table.columns.map(({ name }) => `${JSON.stringify(name)}:`);
  const writers = table.columns.map(jsonWriter);
  for (const { count, data, valid } of table.batches(rowsAtOnce)) {
    let text = '';
    for (let row = 0; row < count; row++) {
      for (let c = 0; c < writers.length; c++) {
        const value = valid[c]?.[row] === 0 ? 'null' : writers[c]!(data[c]!, row);
        text += `${c === 0 ? '{' : ','}${keys[c]!}${value}`;
      }
      text += '}\n';
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
