/** The tables of docs/scheduling.md as Markdown. */
import { lengthsMs, type Point, workerCounts } from './efficiency.js';
import type { Knowledge, Workload } from './makespan.js';

export interface Row {
  readonly strategy: string;
  readonly knowledge: Knowledge;
  readonly ratios: readonly number[];
}

export function makespanTable(workloads: readonly Workload[], rows: readonly Row[]): string {
  const heads = workloads.map(({ tasks, sigma, workers }) => `${tasks} σ ${sigma} / ${workers}`);
  return table(['strategy', 'told', ...heads], rows.map(makespanCells));
}

/** One line of the table, for a test of the page. */
export function makespanLine(row: Row): string {
  return line(makespanCells(row));
}

export function efficiencyTable(points: readonly Point[], handing: Point['handing']): string {
  const of = (workers: number, lengthMs: number): string => {
    const point = points.find(
      (each) => each.handing === handing && each.workers === workers && each.lengthMs === lengthMs,
    );
    return point ? point.efficiency.toFixed(3) : '–';
  };
  return table(
    ['workers', ...lengthsMs.map(lengthText)],
    workerCounts[handing].map((workers) => [
      workers.toLocaleString('en-US'),
      ...lengthsMs.map((lengthMs) => of(workers, lengthMs)),
    ]),
  );
}

export function lengthText(ms: number): string {
  if (ms < 1) return `${ms * 1000} µs`;
  return ms < 1000 ? `${ms} ms` : `${ms / 1000} s`;
}

function makespanCells({ strategy, knowledge, ratios }: Row): string[] {
  return [`\`${strategy}\``, told(knowledge), ...ratios.map((ratio) => ratio.toFixed(3))];
}

function told(knowledge: Knowledge): string {
  if (typeof knowledge === 'number') return `a feature, ${knowledge * 100} % noise`;
  return knowledge === 'useless' ? 'a feature that says nothing' : knowledge;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const rule = head.map((_, i) => (i === 0 ? '---' : '--:'));
  return [line(head), `|${rule.join('|')}|`, ...rows.map(line)].join('\n');
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
