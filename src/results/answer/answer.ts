import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomic } from '../../store/atomic-file.js';
import type { StatisticName } from '../../study/study.js';
import type { Results } from '../results.js';
import { ensembleStatistics, type OutputStatistics } from '../statistics/ensemble.js';
import { figure } from './figure/figure.js';
import { sampleCases } from './sample.js';
import { type Axis, isAlong, statisticsCsv, statisticsJson } from './statistics-files.js';

/**
 * Writes what most users want of a run: `answer/statistics.csv` and `.json` with the study's statistics over all
 * completed cases, and `answer/figure.svg` when an output lies along `axis`. Returns the files, relative to the
 * run directory; none when no case has completed or no output is numeric.
 */
export function writeAnswer(runDir: string, results: Results, axis?: Axis): string[] {
  const { statistics: names, name } = results.study;
  const figures: readonly StatisticName[] = axis ? ['median', 'p10', 'p90'] : [];
  const all = [...new Set([...names, ...figures])];
  const statistics = ensembleStatistics(results, all);
  const completed = results.rowCount - failedCount(results);
  if (completed === 0 || statistics.length === 0) return [];
  mkdirSync(join(runDir, 'answer'), { recursive: true });
  const files: string[] = [];
  const write = (file: string, text: string): void => {
    writeFileAtomic(join(runDir, file), text);
    files.push(file);
  };
  const cases = { total: results.study.cases.count, completed, failed: results.rowCount - completed };
  write('answer/statistics.csv', statisticsCsv(statistics, names, axis));
  write('answer/statistics.json', statisticsJson({ study: name, cases }, statistics, names, axis));
  const drawn = statistics.filter(({ output }) => isAlong(axis, output.shape)).slice(0, 4);
  if (axis && drawn.length > 0) write('answer/figure.svg', figureOf(results, drawn, axis, completed));
  return files;
}

const drawnCases = 120;

function figureOf(
  results: Results,
  drawn: readonly OutputStatistics[],
  axis: Axis,
  completed: number,
): string {
  const { name, description } = results.study;
  const count = completed.toLocaleString('en-US');
  return figure({
    title: name,
    subtitle: [description.split('\n')[0], completed === 1 ? '1 case' : `${count} cases`]
      .filter(Boolean)
      .join(' · '),
    panels: drawn.map(({ output, values }) => ({
      axis,
      output,
      curves: sampleCases(results, output.name, drawnCases),
      median: values.get('median')!,
      p10: values.get('p10')!,
      p90: values.get('p90')!,
    })),
  });
}

function failedCount(results: Results): number {
  const { blocks, pieces } = results.index;
  if (!pieces.some(({ block }) => blocks.failureBytes[block] !== 0)) return 0;
  let failed = 0;
  for (const { failures } of results.batches({ withParameters: false, outputs: [] })) failed += failures.size;
  return failed;
}
