/** From results to what the user asked for: exported tables. */
import { relative } from 'node:path';
import { exportPath, exportTable } from '../results/export/export.js';
import { openResults } from '../results/results.js';
import { resultsTable } from '../results/results-table.js';
import type { Study } from '../study/study.js';

/** Writes the study's outputs into the run directory; the files, relative to it. */
export async function assemble(runDir: string, study: Study): Promise<readonly string[]> {
  const files: string[] = [];
  const results = openResults(runDir);
  for (const format of study.output) {
    const { path } = await exportTable(resultsTable(results), format, exportPath(runDir, format));
    files.push(relative(runDir, path));
  }
  return files;
}
