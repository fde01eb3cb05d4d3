/**
 * How well each strategy ends, and how far one coordinator reaches: simulated, and therefore the same on every machine.
 * Leaves the tables of docs/scheduling.md and docs/scheduling-efficiency.svg in build/bench/schedule. Takes some minutes.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/process/install.js';
import type { Figure } from './figure.js';
import {
  compared,
  efficiency,
  type Handing,
  lengthsMs,
  type Point,
  workerCounts,
} from './schedule/efficiency.js';
import { meanRatio, ways, workloads } from './schedule/makespan.js';
import { plot } from './schedule/plot.js';
import { efficiencyTable, makespanTable, type Row } from './schedule/tables.js';

const seeds = 100;

export async function* figures(): AsyncGenerator<Figure> {
  const folder = join(packageRoot(), 'build', 'bench', 'schedule');
  mkdirSync(folder, { recursive: true });

  const rows: Row[] = [];
  for (const { strategy, knowledge } of ways) {
    const ratios: number[] = [];
    for (const workload of workloads) {
      const value = meanRatio(workload, strategy, knowledge, seeds);
      ratios.push(value);
      const told = typeof knowledge === 'number' ? `feature ${knowledge}` : knowledge;
      const unit = 'times the lower bound';
      yield { figure: `schedule.makespan.${strategy}`, value: fourDigits(value), unit, told, ...workload };
    }
    rows.push({ strategy, knowledge, ratios });
  }
  writeFileSync(join(folder, 'makespan.md'), `${makespanTable(workloads, rows)}\n`);

  const points: Point[] = [];
  for (const handing of Object.keys(workerCounts) as Handing[]) {
    for (const workers of workerCounts[handing]) {
      for (const lengthMs of lengthsMs) {
        const value = efficiency(handing, lengthMs, workers);
        points.push({ handing, workers, lengthMs, efficiency: value });
        const unit = 'of all workers’ time';
        yield {
          figure: `schedule.efficiency.${handing}`,
          value: fourDigits(value),
          unit,
          workers,
          taskMs: lengthMs,
        };
      }
    }
    for (const lengthMs of compared.lengthsMs) {
      const whole = points.find(
        (point) =>
          point.handing === handing && point.workers === compared.workers && point.lengthMs === lengthMs,
      );
      const part = efficiency(handing, lengthMs, compared.workers, compared.workersForEach);
      yield {
        figure: `schedule.share.${handing}`,
        value: fourDigits(part / whole!.efficiency),
        unit: 'of what all workers give',
        workers: compared.workers,
        of: compared.workersForEach,
        taskMs: lengthMs,
      };
    }
    writeFileSync(join(folder, `efficiency-${handing}.md`), `${efficiencyTable(points, handing)}\n`);
  }
  writeFileSync(join(folder, 'efficiency.svg'), `${plot(points)}\n`);
}

function fourDigits(value: number): number {
  return Number(value.toPrecision(4));
}
