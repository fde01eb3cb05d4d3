import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeCsv } from '../../src/results/export/csv.js';
import { writeJsonl } from '../../src/results/export/jsonl.js';
import { longestText, OutputFile } from '../../src/results/export/output-file.js';
import type { Table } from '../../src/results/table.js';
import { temporaryFolder } from '../store/support.js';

const width = 1_000_000;
const rows = 3;

/** A batch whose text is longer than one piece, with a value that tells where it stands in each row. */
const table = {
  columns: [{ name: 'y', dtype: 'float64', shape: [width] }],
  *batches() {
    const data = new Float64Array(rows * width).fill(0.123456789);
    for (let row = 0; row < rows; row++) data[row * width] = row;
    yield { count: rows, data: [data], valid: [undefined] };
  },
} as unknown as Table;

test.each([
  ['csv', writeCsv, 1, (row: number) => `${row},0.123456789,`],
  ['jsonl', writeJsonl, 0, (row: number) => `{"y":[${row},0.123456789,`],
] as const)('Rows of very many elements reach a %s file whole', (name, write, headLines, startOf) => {
  const file = new OutputFile(join(temporaryFolder(), `rows.${name}`));
  for (const _ of write(table, file));
  file.commit();
  const text = readFileSync(file.path, 'utf8');
  expect(text.length).toBeGreaterThan(longestText);
  const lines = text.trimEnd().split('\n').slice(headLines);
  expect(lines).toHaveLength(rows);
  lines.forEach((line, row) => {
    expect(line.slice(0, 30).startsWith(startOf(row))).toBe(true);
    expect(line.split(',')).toHaveLength(width);
  });
});
