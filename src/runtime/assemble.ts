/** From results to what the user asked for: statistics, a picture, exported tables. */
import { existsSync, mkdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { version } from '../process/install.js';
import { writeAnswer } from '../results/answer/answer.js';
import { exportPath, exportTable } from '../results/export/export.js';
import { type Results, resultsOf } from '../results/results.js';
import { resultsTable } from '../results/results-table.js';
import { solverRows } from '../results/solver-rows.js';
import { writeFileAtomic } from '../store/atomic-file.js';
import type { JournalIndex } from '../store/journal/journal-index.js';
import { type RunDirectory, readRunDirectory } from '../store/run-directory.js';
import type { Solver } from '../study/solver.js';

/** The files of the answer to so many cases; written again only when there is something new to say. */
export function answer(
  { path, manifest }: RunDirectory,
  index: JournalIndex,
  isNew: boolean,
  total: number,
  solvers: readonly Solver[],
): Promise<readonly string[]> | readonly string[] {
  const { asked, files } = manifest.sessions.at(-1)?.facts ?? {};
  const isThere =
    Array.isArray(files) && files.length > 0 && files.every((file) => existsSync(join(path, file)));
  return isThere && !isNew && asked === total ? files : assemble(path, index, solvers);
}

/** Writes the study's answer and outputs into the run directory; the files, relative to it. */
async function assemble(
  runDir: string,
  index: JournalIndex,
  solvers: readonly Solver[],
): Promise<readonly string[]> {
  const view = readRunDirectory(runDir);
  const results = resultsOf(view, index);
  const { kernel, settings, output } = view.study;
  const solver = kernel.kind === 'solver' ? solvers.find(({ name }) => name === kernel.name) : undefined;
  const files = solver?.assemble
    ? await assembleBy(solver.assemble, runDir, results)
    : [...writeAnswer(runDir, results, solver?.axis?.(settings))];
  for (const format of output) {
    const { path } = await exportTable(resultsTable(results), format, exportPath(runDir, format));
    files.push(relative(runDir, path));
  }
  return files;
}

async function assembleBy(
  assembleRows: NonNullable<Solver['assemble']>,
  runDir: string,
  results: Results,
): Promise<string[]> {
  const { settings, cases } = results.study;
  mkdirSync(join(runDir, 'answer'), { recursive: true });
  const texts = await assembleRows({ settings, columns: cases.columns }, solverRows(results), version());
  return Object.entries(texts).map(([name, text]) => {
    const file = join('answer', name);
    writeFileAtomic(join(runDir, file), text);
    return file;
  });
}
