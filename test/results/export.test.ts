import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { tableFromIPC } from '@uwdata/flechette';
import { readParquet } from 'parquet-wasm';
import { describe, expect, test } from 'vitest';
import { executionTable } from '../../src/results/execution-table.js';
import { exportTable, streamTable } from '../../src/results/export/export.js';
import { openResults } from '../../src/results/results.js';
import { resultsTable } from '../../src/results/results-table.js';
import { readRunDirectory } from '../../src/store/run-directory.js';
import type { OutputFormat } from '../../src/study/study.js';
import { temporaryFolder } from '../store/support.js';
import { bits, computed, hasFailed, runOf } from './support.js';

const count = 700;
const formats: readonly OutputFormat[] = ['csv', 'jsonl', 'parquet', 'arrow'];
const columnNames = [
  'case',
  'x',
  'depths',
  'label',
  'response',
  'misfit',
  'gradient',
  'steps',
  'seed',
  'converged',
  'note',
  'extra',
  'status',
  'error_type',
  'error_message',
];

describe.each(formats)('%s', (format) => {
  test('Two runs of one study export the same bytes, however they were cut, interrupted or ordered', async () => {
    const whole = await runOf({ count: 200, sessions: [[[0, 200]]] });
    const pieces = await runOf({
      count: 200,
      garbage: 1e9,
      sessions: [
        [
          [150, 50],
          [0, 1],
        ],
        [
          [0, 100],
          [90, 60],
        ],
      ],
    });
    const [a, b] = await Promise.all([whole, pieces].map((dir) => exported(dir, format)));
    expect(a!.equals(b!)).toBe(true);
  });

  test('A run without a result exports a table without rows', async () => {
    const dir = await runOf({ count: 10, sessions: [[]] });
    const bytes = await exported(dir, format);
    expect(rowsOf(format, bytes)).toEqual([]);
  });

  test('A stream has the bytes of the file, and waits for its reader', async () => {
    const table = resultsTable(openResults(await longRun()));
    const narrow = { ...table, batches: () => table.batches(90) };
    const pieces: Uint8Array[] = [];
    let isReading = false;
    const { rows, bytes } = await streamTable(narrow, format, async (piece) => {
      expect(isReading).toBe(false);
      isReading = true;
      await nextTurn();
      isReading = false;
      pieces.push(piece);
    });
    const path = join(temporaryFolder(), 'table');
    await exportTable(narrow, format, path);
    expect(Buffer.concat(pieces).equals(readFileSync(path))).toBe(true);
    expect([rows, bytes]).toEqual([table.rowCount, readFileSync(path).length]);
  });
});

test('An Arrow reader gets every value back with its bits, and null where a case failed', async () => {
  const table = tableFromIPC(await exported(await longRun(), 'arrow'), { useProxy: false });
  expect(table.schema.fields.map(({ name }) => name)).toEqual(columnNames);
  const response = table.schema.fields.find(({ name }) => name === 'response')!;
  expect(response.metadata?.get('unit')).toBe('T/(A m2)');
  expectValues(table.toArray() as Record<string, unknown>[]);
});

test('A Parquet reader gets every value back with its bits, and null where a case failed', async () => {
  const bytes = await exported(await longRun(), 'parquet');
  const table = tableFromIPC(readParquet(bytes).intoIPCStream(), { useProxy: false });
  expect(table.schema.fields.map(({ name }) => name)).toEqual(columnNames);
  expectValues(table.toArray() as Record<string, unknown>[]);
});

test('CSV reads back to the same bits, with text quoted and nothing where a case failed', async () => {
  const rows = parseCsv((await exported(await longRun(), 'csv')).toString());
  const [header, ...lines] = rows;
  expect(header!.slice(0, 8)).toEqual([
    'case',
    'x',
    'depths_0',
    'depths_1',
    'label',
    'response_0',
    'response_1',
    'response_2',
  ]);
  expect(header).toContain('gradient_1_0');
  expect(lines).toHaveLength(count);
  const expected = computed(0, count);
  lines.forEach((line, index) => {
    const field = (name: string) => line[header!.indexOf(name)]!;
    expect(Number(field('case'))).toBe(index);
    expect(Object.is(Number(field('depths_1')), -0)).toBe(true);
    expect(field('label')).toBe(`c${index}`);
    if (hasFailed(index)) {
      expect(['response_0', 'misfit', 'seed', 'note', 'extra'].map(field)).toEqual(['', '', '', '', '']);
      expect(field('error_message')).toBe(`case ${index}: "no", said the solver`);
      expect(field('status')).toBe(index % 2 === 0 ? 'timeout' : 'failed');
      return;
    }
    const response = [0, 1, 2].map((k) => Number(field(`response_${k}`)));
    expect(bits(response)).toBe(bits((expected.response as Float64Array).slice(index * 3, index * 3 + 3)));
    expect(BigInt(field('seed'))).toBe((expected.seed as BigInt64Array)[index]);
    expect(field('converged')).toBe(index % 2 ? 'true' : 'false');
    expect(field('note')).toBe((expected.note as string[])[index]);
    expect(JSON.parse(field('extra'))).toEqual((expected.extra as unknown[])[index]);
    expect(field('status')).toBe('completed');
    expect(field('error_type')).toBe('');
  });
});

test('JSON lines read back to the same values, with names for what JSON has no number for', async () => {
  const text = (await exported(await longRun(), 'jsonl')).toString();
  const rows = text.trimEnd().split('\n');
  expect(rows).toHaveLength(count);
  const expected = computed(0, count);
  rows.forEach((line, index) => {
    const row = JSON.parse(line) as Record<string, unknown>;
    expect(Object.keys(row)).toEqual(columnNames);
    if (hasFailed(index)) {
      expect(row).toMatchObject({ response: null, misfit: null, note: null, error_type: 'InvalidModel' });
      return;
    }
    const response = (row.response as (number | string)[]).map(Number);
    expect(bits(response)).toBe(bits((expected.response as Float64Array).slice(index * 3, index * 3 + 3)));
    expect(row.gradient).toHaveLength(2);
    expect(row.extra).toEqual((expected.extra as unknown[])[index]);
    expect(row.error_type).toBeNull();
  });
});

test('The execution table says who computed what, when and how it failed, superseded chunks included', async () => {
  const dir = await runOf({
    count: 20,
    sessions: [
      [
        [10, 10],
        [0, 5],
      ],
      [[0, 10]],
    ],
  });
  const file = join(temporaryFolder(), 'execution.jsonl');
  const outcome = await exportTable(
    executionTable(openResults(dir), readRunDirectory(dir).paths.journal),
    'jsonl',
    file,
  );
  expect(outcome.rows).toBe(3);
  const rows = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(rows).toMatchObject([
    { first_case: 0, cases: 5, counted: 5, session: 0, host: 'node0', worker: 1, elapsed_ms: 2.5 },
    { first_case: 0, cases: 10, counted: 5, session: 1, host: 'node1', start: '2023-11-14T22:13:20.001Z' },
    { first_case: 10, cases: 10, counted: 10 },
  ]);
  expect(rows[2].failures).toMatchObject([
    { case: 10, status: 'timeout', type: 'InvalidModel', traceback: 'at solve' },
    { case: 17, status: 'failed' },
  ]);
});

test('An export that is stopped leaves the file that was there', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'results.csv');
  const table = resultsTable(openResults(await runOf({ count: 10, sessions: [[[0, 10]]] })));
  await exportTable(table, 'csv', path);
  const before = readFileSync(path);
  await expect(exportTable(table, 'csv', path, AbortSignal.abort())).rejects.toThrow();
  expect(readFileSync(path).equals(before)).toBe(true);
  expect(readdirSync(folder)).toEqual(['results.csv']);
});

async function longRun(): Promise<string> {
  return runOf({
    count,
    sessions: [
      [
        [200, 500],
        [0, 200],
      ],
    ],
  });
}

async function exported(dir: string, format: OutputFormat): Promise<Buffer> {
  const path = join(temporaryFolder(), 'table');
  const table = resultsTable(openResults(dir));
  // Small batches, so that each file has several groups of rows.
  const batches = () => table.batches(90);
  await exportTable({ ...table, batches }, format, path);
  return readFileSync(path);
}

function rowsOf(format: OutputFormat, bytes: Buffer): unknown[] {
  switch (format) {
    case 'csv':
      return parseCsv(bytes.toString()).slice(1);
    case 'jsonl':
      return bytes.toString().split('\n').slice(0, -1);
    case 'parquet':
      return tableFromIPC(readParquet(bytes).intoIPCStream()).toArray();
    case 'arrow':
      return tableFromIPC(bytes).toArray();
    default:
      return format satisfies never;
  }
}

function expectValues(rows: Record<string, unknown>[]): void {
  expect(rows).toHaveLength(count);
  const expected = computed(0, count);
  rows.forEach((row, index) => {
    expect(Number(row.case)).toBe(index);
    expect(bits(row.depths as Float64Array)).toBe(bits([1, -0]));
    expect(bits([row.x as number])).toBe(bits([index / 8]));
    expect(row.label).toBe(`c${index}`);
    if (hasFailed(index)) {
      for (const name of ['response', 'misfit', 'gradient', 'steps', 'seed', 'converged', 'note', 'extra']) {
        expect(row[name], name).toBeNull();
      }
      expect(row.status).toBe(index % 2 === 0 ? 'timeout' : 'failed');
      expect(row.error_message).toBe(`case ${index}: "no", said the solver`);
      return;
    }
    const part = (name: string, size: number) =>
      (expected[name] as Float64Array).slice(index * size, (index + 1) * size);
    expect(bits(row.response as Float64Array)).toBe(bits(part('response', 3)));
    expect(bits([row.misfit as number])).toBe(bits(part('misfit', 1)));
    expect(bits(row.gradient as Float32Array)).toBe(bits(part('gradient', 4)));
    expect(row.steps === 0 ? 0 : row.steps).toBe(index === 0 ? 0 : -index);
    expect(BigInt(row.seed as bigint)).toBe((expected.seed as BigInt64Array)[index]);
    expect(row.converged).toBe(index % 2 === 1);
    expect(row.note).toBe((expected.note as string[])[index]);
    expect(JSON.parse(row.extra as string)).toEqual((expected.extra as unknown[])[index]);
    expect(row.status).toBe('completed');
    expect(row.error_type).toBeNull();
  });
}

/** RFC 4180, written for this test alone. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  const pattern = /("(?:[^"]|"")*"|[^",\n]*)(,|\n)/gy;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const field = match[1]!;
    row.push(field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field);
    if (match[2] === '\n') {
      rows.push(row);
      row = [];
    }
  }
  return rows;
}
