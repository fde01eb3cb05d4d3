import type { CaseStatus, Failure } from '../codec/block.js';
import { allocateColumns, type ColumnSpec, type Columns, elements, isNumeric } from '../codec/columns.js';
import { InputError } from '../errors/input-error.js';
import { BlockReader } from '../store/journal/block-reader.js';
import { indexJournal, type JournalIndex } from '../store/journal/journal-index.js';
import { type RunDirectoryView, readRunDirectory } from '../store/run-directory.js';
import { type CaseSpace, createCaseSpace } from '../study/case-space.js';
import type { Study } from '../study/study.js';
import { BlockRows } from './block-rows.js';

/** Codes of `RowBatch.status`, by position. */
export const statuses = [
  'completed',
  'failed',
  'timeout',
  'cancelled',
] as const satisfies readonly CaseStatus[];

/** Some done cases, ascending. */
export interface RowBatch {
  readonly count: number;
  /** Case of each row. */
  readonly cases: Float64Array;
  /** `[count, ...shape]`; empty when they were not asked for. */
  readonly parameters: Columns;
  /** `[count, ...shape]`; what stands in rows that did not complete means nothing. */
  readonly outputs: Columns;
  /** Index into `statuses` of each row. */
  readonly status: Uint8Array;
  /** Why rows did not complete, by row. */
  readonly failures: ReadonlyMap<number, Failure>;
}

export interface BatchOptions {
  /** Rows of every batch but the last. */
  readonly rows?: number;
  /** Whether parameters are computed again from the study; true unless said otherwise. */
  readonly withParameters?: boolean;
  /** Names of the outputs that are read; all unless said otherwise. */
  readonly outputs?: readonly string[];
}

/** The results of a run as far as they are durable. Memory goes with the index and one batch, not with the cases. */
export interface Results {
  readonly study: Study;
  readonly index: JournalIndex;
  readonly parameters: readonly ColumnSpec[];
  readonly outputs: readonly ColumnSpec[];
  /** Cases with a result, failed ones included. */
  readonly rowCount: number;
  /** Every done case in the order of cases: the same rows however the run was cut into chunks and sessions. */
  batches(options?: BatchOptions): Generator<RowBatch>;
}

/**
 * The results in a run directory, also while a session writes there (then those of this moment).
 *
 * @throws InputError when it is no run directory, JournalDamage when durable data cannot be read
 */
export function openResults(runDir: string): Results {
  return resultsOf(readRunDirectory(runDir));
}

/** As `openResults`, of a run directory that is open already. `index` spares reading the journal once more. */
export function resultsOf(
  run: Pick<RunDirectoryView, 'paths' | 'study' | 'manifest'>,
  index: JournalIndex = indexJournal(run.paths.journal, run.study.fingerprint),
): Results {
  const { study, manifest, paths } = run;
  if (!manifest.kernel && index.done.total > 0) {
    throw new InputError('the manifest does not say what made the results', { file: paths.journal });
  }
  const outputs = manifest.kernel?.outputs ?? [];
  return {
    study,
    index,
    parameters: study.cases.columns,
    outputs,
    rowCount: index.done.total,
    batches: (options = {}) => batchesOf(study, index, paths.journal, outputs, options),
  };
}

const defaultRows = 8192;

function* batchesOf(
  study: Study,
  index: JournalIndex,
  journal: string,
  outputs: readonly ColumnSpec[],
  { rows = defaultRows, withParameters = true, outputs: wanted }: BatchOptions,
): Generator<RowBatch> {
  const parameters = withParameters ? study.cases.columns : [];
  const space = withParameters ? createCaseSpace(study.cases) : undefined;
  const specs = wanted ? outputs.filter(({ name }) => wanted.includes(name)) : outputs;
  const { blocks, pieces } = index;
  const reader = new BlockReader(journal);
  let left = index.done.total;
  let batch = newBatch(Math.min(rows, left), parameters, specs);
  try {
    for (const { first, count, block } of pieces) {
      const bytes = reader.read(blocks.segment[block]!, blocks.offset[block]!, blocks.bytes[block]!);
      const source = new BlockRows(outputs, bytes);
      const start = first - blocks.first[block]!;
      for (let taken = 0; taken < count; ) {
        const part = Math.min(count - taken, batch.count - batch.filled);
        addRows(batch, source, start + taken, first + taken, part);
        taken += part;
        if (batch.filled < batch.count) continue;
        if (space) fillParameters(batch, space, parameters);
        yield batch;
        left -= batch.count;
        batch = newBatch(Math.min(rows, left), parameters, specs);
      }
    }
  } finally {
    reader.close();
  }
}

interface OpenBatch extends RowBatch {
  filled: number;
  readonly failures: Map<number, Failure>;
}

function newBatch(
  count: number,
  parameters: readonly ColumnSpec[],
  outputs: readonly ColumnSpec[],
): OpenBatch {
  return {
    count,
    filled: 0,
    cases: new Float64Array(count),
    parameters: allocateColumns(parameters, count),
    outputs: allocateColumns(outputs, count),
    status: new Uint8Array(count),
    failures: new Map(),
  };
}

function addRows(batch: OpenBatch, source: BlockRows, from: number, firstCase: number, count: number): void {
  for (let i = 0; i < count; i++) batch.cases[batch.filled + i] = firstCase + i;
  source.copy(from, count, batch.outputs, batch.filled);
  for (const failure of source.failures) {
    const row = failure.offset - from;
    if (row < 0 || row >= count) continue;
    batch.status[batch.filled + row] = statuses.indexOf(failure.status);
    batch.failures.set(batch.filled + row, failure);
  }
  batch.filled += count;
}

function fillParameters(batch: OpenBatch, space: CaseSpace, specs: readonly ColumnSpec[]): void {
  const { cases, count, parameters } = batch;
  for (let from = 0; from < count; ) {
    let to = from + 1;
    while (to < count && cases[to] === cases[from]! + (to - from)) to++;
    const values = space.fill(cases[from]!, to - from);
    for (const spec of specs) {
      const at = from * elements(spec);
      const source = values[spec.name]!;
      const target = parameters[spec.name]!;
      if (isNumeric(spec.dtype)) (target as Float64Array).set(source as Float64Array, at);
      else for (let i = 0; i < source.length; i++) (target as unknown[])[at + i] = source[i];
    }
    from = to;
  }
}
