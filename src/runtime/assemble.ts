/** From results to what the user asked for: statistics, a picture, exported tables. */
import { relative } from 'node:path';
import { writeAnswer } from '../results/answer/answer.js';
import { exportPath, exportTable } from '../results/export/export.js';
import { resultsOf } from '../results/results.js';
import { resultsTable } from '../results/results-table.js';
import type { JournalIndex } from '../store/journal/journal-index.js';
import { readRunDirectory } from '../store/run-directory.js';
import type { Solver } from '../study/solver.js';

/** Writes the study's answer and outputs into the run directory; the files, relative to it. */
export async function assemble(
  runDir: string,
  index: JournalIndex,
  solvers: readonly Solver[],
): Promise<readonly string[]> {
  const view = readRunDirectory(runDir);
  const results = resultsOf(view, index);
  const { kernel, settings, output } = view.study;
  const solver = kernel.kind === 'solver' ? solvers.find(({ name }) => name === kernel.name) : undefined;
  const files = [...writeAnswer(runDir, results, solver?.axis?.(settings))];
  for (const format of output) {
    const { path } = await exportTable(resultsTable(results), format, exportPath(runDir, format));
    files.push(relative(runDir, path));
  }
  return files;
}
