import { type ColumnSpec, isResult } from '../codec/columns.js';
import { InputError } from '../errors/input-error.js';
import { RangeSet } from '../schedule/ranges.js';
import { BlockReader } from '../store/journal/block-reader.js';
import { indexJournal, type JournalIndex } from '../store/journal/journal-index.js';
import { type RunDirectoryView, readRunDirectory } from '../store/run-directory.js';
import { createCaseSpace } from '../study/case-space.js';
import type { Study } from '../study/study.js';
import { BlockRows } from './block-rows.js';
import { addRows, fillParameters, newBatch, type RowBatch } from './row-batch.js';

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
  /** All columns of the blocks in the journal: the outputs, and what goes to the table *execution*. */
  readonly layout: readonly ColumnSpec[];
  /** Cases with a result, failed ones included. */
  readonly rowCount: number;
  /** Every done case in the order of cases: the same rows however the run was cut into chunks and sessions. */
  batches(options?: BatchOptions): Generator<RowBatch>;
  /** Rows of single cases, ascending; what is not done is left out. Reads only the blocks that hold them. */
  pick(cases: Iterable<number>, options?: Omit<BatchOptions, 'rows'>): RowBatch;
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
  const layout = manifest.kernel?.outputs ?? [];
  const outputs = layout.filter(isResult);
  return {
    study,
    index,
    parameters: study.cases.columns,
    outputs,
    layout,
    rowCount: index.done.total,
    batches: (options = {}) => batchesOf(study, index, paths.journal, layout, options),
    pick: (cases, options = {}) => {
      const wanted = new RangeSet();
      for (const index of cases) wanted.add(index, 1);
      const chosen = { ...index, ...restricted(index, wanted) };
      const whole = { ...options, rows: chosen.done.total };
      const [batch] = batchesOf(study, chosen, paths.journal, layout, whole);
      return batch ?? newBatch(0, [], outputs);
    },
  };
}

const defaultRows = 8192;

/** The part of an index that concerns the wanted cases. */
function restricted({ pieces }: JournalIndex, wanted: RangeSet): Pick<JournalIndex, 'pieces' | 'done'> {
  const done = new RangeSet();
  const parts = pieces.flatMap(({ first, count, block }) => {
    if (!wanted.overlaps(first, count)) return [];
    return Array.from(wanted.within(first, count), (part) => ({ ...part, block }));
  });
  for (const { first, count } of parts) done.add(first, count);
  return { pieces: parts, done };
}

function* batchesOf(
  study: Study,
  index: JournalIndex,
  journal: string,
  layout: readonly ColumnSpec[],
  { rows = defaultRows, withParameters = true, outputs: wanted }: BatchOptions,
): Generator<RowBatch> {
  const parameters = withParameters ? study.cases.columns : [];
  const space = withParameters ? createCaseSpace(study.cases) : undefined;
  const outputs = layout.filter(isResult);
  const specs = wanted ? layout.filter(({ name }) => wanted.includes(name)) : outputs;
  const { blocks, pieces } = index;
  const reader = new BlockReader(journal);
  let left = index.done.total;
  let batch = newBatch(Math.min(rows, left), parameters, specs);
  try {
    for (const { first, count, block } of pieces) {
      const bytes = reader.read(blocks.segment[block]!, blocks.offset[block]!, blocks.bytes[block]!);
      const source = new BlockRows(layout, bytes);
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
