/** The journal and what is made of it: appending, opening, exporting, statistics. One process, 31 doubles a case. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeBlock } from '../../src/codec/block.js';
import { exportTable } from '../../src/results/export/export.js';
import { openResults, type Results } from '../../src/results/results.js';
import { resultsTable } from '../../src/results/results-table.js';
import { ensembleStatistics } from '../../src/results/statistics/ensemble.js';
import { openJournal } from '../../src/store/journal/open.js';
import { openRunDirectory, type RunDirectory } from '../../src/store/run-directory.js';
import type { CasePlanDetail } from '../../src/study/cases/plan.js';
import { defaultExecution } from '../../src/study/execution.js';
import type { OutputFormat, Study } from '../../src/study/study.js';
import { type Figure, rounded } from './figure.js';

const gates = 31;
const chunk = 256;
const outputs = [{ name: 'response', dtype: 'float64', shape: [gates] }] as const;
/** Appended and not yet on disk: where the coordinator slows its workers down. */
const backlogBytes = 32 << 20;

export async function* figures(): AsyncGenerator<Figure> {
  const folder = mkdtempSync(join(tmpdir(), 'shoal-bench-'));
  try {
    const cases = 800 * chunk;
    const study = studyOf(cases);
    const directory = openRunDirectory(join(folder, 'run'), study);
    directory.startSession({ name: 'bench', version: '1', form: 'typescript', outputs }, {});
    const append = await appended(directory.paths.journal, chunk, 1, cases / chunk);
    yield figure('journal.append', append.bytes / 1e6 / append.seconds, 'MB/s', { cases });
    yield* ofTinyBlocks(folder);
    const open = timed(() => openResults(directory.path));
    yield figure('journal.index', cases / open.seconds, 'cases/s', { cases });
    yield* ofExports(open.value, folder);
    const names = ['mean', 'std', 'median', 'p10', 'p90'] as const;
    const statistics = timed(() => ensembleStatistics(open.value, names));
    yield figure('results.statistics', cases / statistics.seconds, 'cases/s', { cases, gates });
    close(directory);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function* ofTinyBlocks(folder: string): AsyncGenerator<Figure> {
  const many = await appended(join(folder, 'tiny'), 1, 64, 20_000, 1);
  yield figure('journal.blocks', many.blocks / many.seconds, 'blocks/s', { blocksInRecord: 64 });
  const single = await appended(join(folder, 'single'), 1, 1, 300_000, 1);
  yield figure('journal.records', single.blocks / single.seconds, 'records/s', { blocksInRecord: 1 });
}

async function* ofExports(results: Results, folder: string): AsyncGenerator<Figure> {
  const formats: readonly OutputFormat[] = ['csv', 'jsonl', 'parquet', 'arrow'];
  for (const format of formats) {
    const start = performance.now();
    const { rows, bytes } = await exportTable(
      resultsTable(results),
      format,
      join(folder, `results.${format}`),
    );
    const seconds = (performance.now() - start) / 1000;
    yield figure(`export.${format}`, rows / seconds, 'rows/s', {
      rows,
      gates,
      megabytes: rounded(bytes / 1e6),
    });
  }
}

/** Appends `records` records of `blocks` blocks of `cases` cases each, to the last byte on disk. */
async function appended(
  dir: string,
  cases: number,
  blocks: number,
  records: number,
  width = gates,
): Promise<{ seconds: number; bytes: number; blocks: number }> {
  const specs = [{ name: 'response', dtype: 'float64', shape: [width] }] as const;
  const columns = { response: Float64Array.from({ length: cases * width }, (_, i) => Math.exp(-i / 97)) };
  const header = { first: 0, count: cases, startedMs: 0, elapsedMs: 1, worker: 1, attempt: 1, failures: [] };
  const block = encodeBlock(specs, { ...header, columns });
  const message = new Uint8Array(block.byteLength * blocks);
  const view = new DataView(message.buffer);
  for (let b = 0; b < blocks; b++) message.set(block, b * block.byteLength);
  const { journal } = openJournal(dir, { fingerprint });
  let goOn = (): void => undefined;
  journal.onDurable(() => goOn());
  const start = performance.now();
  let first = 0;
  for (let record = 0; record < records; record++) {
    for (let b = 0; b < blocks; b++, first += cases) view.setFloat64(b * block.byteLength, first, true);
    journal.append('results', message);
    while (journal.backlogBytes > backlogBytes) {
      await new Promise<void>((resolve) => {
        goOn = resolve;
      });
    }
  }
  await journal.close();
  const seconds = (performance.now() - start) / 1000;
  return { seconds, bytes: records * message.byteLength, blocks: records * blocks };
}

const fingerprint = '5b'.repeat(32);

function studyOf(count: number): Study {
  const cases: CasePlanDetail = {
    count,
    columns: [
      { name: 'rho', dtype: 'float64', shape: [3] },
      { name: 'h1', dtype: 'float64', shape: [] },
    ],
    axes: [count],
    sample: null,
    sources: [
      { kind: 'constant', numbers: Float64Array.of(100, 10, 50) },
      { kind: 'linspace', axis: 0, start: 1, stop: 100, count },
    ],
    derived: [],
  };
  return {
    schemaVersion: 1,
    name: 'bench',
    description: '',
    source: { path: '/study.yaml', text: '' },
    kernel: { kind: 'solver', name: 'bench', version: '1' },
    settings: {},
    cases,
    shared: {},
    schedule: { strategy: 'adaptive', chunk: 'auto' },
    execution: defaultExecution,
    statistics: [],
    output: [],
    fingerprint,
  };
}

function close(directory: RunDirectory): void {
  directory.endSession('completed');
  directory.close();
}

function timed<T>(compute: () => T): { value: T; seconds: number } {
  const start = performance.now();
  const value = compute();
  return { value, seconds: (performance.now() - start) / 1000 };
}

function figure(name: string, value: number, unit: string, facts: Record<string, number>): Figure {
  return { figure: name, value: rounded(value), unit, ...facts };
}
