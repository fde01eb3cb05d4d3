import type { Failure } from '../codec/block.js';
import { allocateColumns, type ColumnSpec, isResult } from '../codec/columns.js';
import { BlockReader } from '../store/journal/block-reader.js';
import { calculatorNames, inTurn } from '../study/turns.js';
import { BlockRows } from './block-rows.js';
import { isUncomputed } from './execution/uncomputed.js';
import type { Results } from './results.js';
import { type Table, type TableBatch, type TableColumn, uniqueName } from './table.js';

/**
 * The table *execution*: a row for each chunk that came back, in the order of its first case and then of attempts,
 * superseded ones included: first_case, cases, attempt, session, worker, host, start (ISO 8601, by the worker's
 * clock), elapsed_ms (null where nobody saw it, as of a case that ended the whole job), counted (cases whose result is this one), failures (JSON: case, status, type, message and
 * traceback of each case that did not complete), calculator (which kernel computed it, of a study with several), and
 * behind them what the kernel says of how it computed, for chunks of one case.
 *
 * @param journal the journal's folder
 */
export function executionTable(results: Results, journal: string): Table {
  const { blocks, pieces } = results.index;
  const counted = new Float64Array(blocks.length);
  for (const { block, count } of pieces) counted[block]! += count;
  const told = results.layout.filter((spec) => !isResult(spec));
  const calculators = calculatorNames(results.study.kernel);
  const own = calculators.length > 1 ? [...columns, column('calculator', 'string')] : columns;
  const taken = new Set(own.map(({ name }) => name));
  const more = told.map((spec) => ({
    ...spec,
    name: uniqueName(spec.name, 'kernel', taken),
    isNullable: true,
  }));
  return {
    columns: [...own, ...more],
    rowCount: blocks.length,
    *batches(rows) {
      const order = Uint32Array.from({ length: blocks.length }, (_, i) => i).sort(
        (a, b) => blocks.first[a]! - blocks.first[b]! || a - b,
      );
      const reader = new BlockReader(journal);
      try {
        for (let from = 0; from < order.length; from += rows) {
          const chunks = order.subarray(from, from + rows);
          const batch = tableBatch(results, chunks, counted, reader);
          const named =
            calculators.length > 1 ? withCalculators(batch, calculators, blocks.attempt, chunks) : batch;
          yield withTold(named, told, results, chunks, reader);
        }
      } finally {
        reader.close();
      }
    },
  };
}

const column = (
  name: string,
  dtype: TableColumn['dtype'],
  more: { unit?: string; isNullable?: boolean } = {},
): TableColumn => ({ name, dtype, shape: [], isNullable: false, ...more });

const columns: readonly TableColumn[] = [
  column('first_case', 'int64'),
  column('cases', 'int64'),
  column('attempt', 'int32'),
  column('session', 'int32'),
  column('worker', 'int32'),
  column('host', 'string', { isNullable: true }),
  column('start', 'string'),
  column('elapsed_ms', 'float64', { unit: 'ms', isNullable: true }),
  column('counted', 'int64'),
  column('failures', 'json', { isNullable: true }),
];

function tableBatch(
  results: Results,
  rows: Uint32Array,
  counted: Float64Array,
  reader: BlockReader,
): TableBatch {
  const { blocks, sessions } = results.index;
  const of = <T>(value: (block: number) => T): T[] => Array.from(rows, value);
  const hosts = of((b) => sessions[blocks.session[b]!]?.hosts.get(blocks.worker[b]!));
  const failures = of((b) => {
    if (blocks.failureBytes[b] === 0) return null;
    const bytes = reader.read(blocks.segment[b]!, blocks.offset[b]!, blocks.bytes[b]!);
    return new BlockRows(results.layout, bytes).failures.map((failure) =>
      described(failure, blocks.first[b]!),
    );
  });
  return {
    count: rows.length,
    data: [
      BigInt64Array.from(of((b) => BigInt(blocks.first[b]!))),
      BigInt64Array.from(of((b) => BigInt(blocks.count[b]!))),
      Int32Array.from(of((b) => blocks.attempt[b]!)),
      Int32Array.from(of((b) => blocks.session[b]!)),
      Int32Array.from(of((b) => blocks.worker[b]!)),
      hosts.map((host) => host ?? ''),
      of((b) => new Date(blocks.startedMs[b]!).toISOString()),
      Float64Array.from(of((b) => blocks.elapsedMs[b]!)),
      BigInt64Array.from(of((b) => BigInt(counted[b]!))),
      failures,
    ],
    valid: columns.map(({ name }) => {
      if (name === 'elapsed_ms') return Uint8Array.from(rows, (b) => (isUncomputed(blocks, b) ? 0 : 1));
      if (name === 'host') return Uint8Array.from(hosts, (host) => (host === undefined ? 0 : 1));
      if (name === 'failures') return Uint8Array.from(failures, (list) => (list === null ? 0 : 1));
      return undefined;
    }),
  };
}

/** Attempts are stored, and the kernels' turns follow from them. */
function withCalculators(
  batch: TableBatch,
  calculators: readonly string[],
  attempts: ArrayLike<number>,
  chunks: Uint32Array,
): TableBatch {
  const names = Array.from(chunks, (block) => inTurn(calculators, attempts[block]!));
  return { ...batch, data: [...batch.data, names], valid: [...batch.valid, undefined] };
}

/** Adds the columns that are the kernel's own. */
function withTold(
  batch: TableBatch,
  specs: readonly ColumnSpec[],
  results: Results,
  chunks: Uint32Array,
  reader: BlockReader,
): TableBatch {
  if (specs.length === 0) return batch;
  const { blocks } = results.index;
  const columns = allocateColumns(specs, batch.count);
  const isOne = Uint8Array.from(chunks, (b) => (blocks.count[b] === 1 ? 1 : 0));
  chunks.forEach((b, row) => {
    if (isOne[row] === 0) return;
    const bytes = reader.read(blocks.segment[b]!, blocks.offset[b]!, blocks.bytes[b]!);
    new BlockRows(results.layout, bytes).copy(0, 1, columns, row);
  });
  return {
    count: batch.count,
    data: [...batch.data, ...specs.map(({ name }) => columns[name]!)],
    valid: [...batch.valid, ...specs.map(() => isOne)],
  };
}

function described(
  { offset, status, type, message, traceback }: Failure,
  first: number,
): Record<string, unknown> {
  return { case: first + offset, status, type, message, ...(traceback === undefined ? {} : { traceback }) };
}
