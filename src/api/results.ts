/** The results of a run as a program reads them: rows one by one, or columns of typed arrays. */
import type { CaseStatus } from '../codec/block.js';
import type { ColumnSpec, Columns } from '../codec/columns.js';
import { caseValues } from '../kernels/run-batch.js';
import { exportTable } from '../results/export/export.js';
import { resultsOf } from '../results/results.js';
import { resultsTable } from '../results/results-table.js';
import { type RowBatch, statuses } from '../results/row-batch.js';
import { readRunDirectory } from '../store/run-directory.js';
import type { OutputFormat } from '../study/study.js';

/** One case. Numbers, typed arrays for shaped columns (row-major), texts; int64 is bigint. */
export interface ResultRow {
  readonly case: number;
  readonly status: CaseStatus;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Absent for a case that did not complete. */
  readonly outputs?: Readonly<Record<string, unknown>>;
  /** Present for a case that did not complete. */
  readonly error?: { readonly type: string; readonly message: string; readonly traceback?: string };
}

/** All rows as columns, each `[count, ...shape]`. What stands in outputs of rows that did not complete means nothing. */
export interface ResultColumns {
  readonly count: number;
  readonly cases: Float64Array;
  readonly status: readonly CaseStatus[];
  readonly parameters: Columns;
  readonly outputs: Columns;
}

/** The durable results of a run, in the order of cases, failed ones included. */
export interface RunData extends AsyncIterable<ResultRow> {
  /** Absolute. */
  readonly runDir: string;
  readonly count: number;
  readonly parameters: readonly ColumnSpec[];
  readonly outputs: readonly ColumnSpec[];
  /** In memory at once; `outputs` names those that are wanted, all when absent. */
  columns(outputs?: readonly string[]): ResultColumns;
  /** A single case; undefined when it has no result. */
  row(index: number): ResultRow | undefined;
  /** Writes the results as a table; the rows written. Throws EnvironmentError when the file cannot be written. */
  write(format: OutputFormat, path: string): Promise<number>;
}

/**
 * The results in a run directory, as they are at this moment; also while a run writes there. Throws InputError when it
 * is none.
 */
export function openResults(runDir: string): RunData {
  const view = readRunDirectory(runDir);
  const results = resultsOf(view);
  const { parameters, outputs } = results;
  const rowOf = (batch: RowBatch, i: number): ResultRow => {
    const failure = batch.failures.get(i);
    return {
      case: batch.cases[i] as number,
      status: failure?.status ?? 'completed',
      parameters: caseValues(parameters, batch.parameters, i),
      ...(failure ? { error: errorOf(failure) } : { outputs: caseValues(outputs, batch.outputs, i) }),
    };
  };
  return {
    ...{ runDir: view.path, count: results.rowCount, parameters, outputs },
    columns: (wanted) => {
      const options = wanted === undefined ? {} : { outputs: wanted };
      const [batch] = results.batches({ rows: Math.max(1, results.rowCount), ...options });
      if (!batch) return { count: 0, cases: new Float64Array(), status: [], parameters: {}, outputs: {} };
      const { count, cases, status } = batch;
      const names = Array.from(status, (code) => statuses[code] as CaseStatus);
      return { count, cases, status: names, parameters: batch.parameters, outputs: batch.outputs };
    },
    row: (index) => {
      const batch = results.pick([index]);
      return batch.count === 0 ? undefined : rowOf(batch, 0);
    },
    write: async (format, path) => (await exportTable(resultsTable(results), format, path)).rows,
    async *[Symbol.asyncIterator]() {
      for (const batch of results.batches()) {
        for (let i = 0; i < batch.count; i++) yield rowOf(batch, i);
      }
    },
  };
}

function errorOf({ type, message, traceback }: { type: string; message: string; traceback?: string }) {
  return { type, message, ...(traceback === undefined ? {} : { traceback }) };
}
