/** What part of all workers' time one coordinator lets them compute, against length of tasks and number of workers. */
import { typicalMachine } from '../../../src/simulate/machine.js';
import { simulate } from '../../../src/simulate/simulate.js';
import { equalTasks } from '../../../src/simulate/tasks.js';

/** Lengths of a task, ms. */
export const lengthsMs = [0.01, 0.1, 1, 10, 100, 1000, 10_000] as const;

/**
 * `single`: each task is handed out by itself. `found`: adaptive, with chunks whose size is found at run time. Each by
 * one coordinator, and through a level of node coordinators.
 */
export type Handing = 'single' | 'found' | 'single-tree' | 'found-tree';

/** Workers of a node coordinator. */
const crew = 128;

/**
 * With chunks whose size is found, a hundred thousand workers have ten million messages before a run of short tasks says
 * anything; long tasks are handed out one by one, and are in the other tables.
 */
export const workerCounts: Readonly<Record<Handing, readonly number[]>> = {
  single: [10, 100, 1000, 10_000, 100_000],
  found: [10, 100, 1000, 10_000],
  'single-tree': [1000, 10_000, 100_000],
  'found-tree': [1000, 10_000],
};

export interface Point {
  readonly handing: Handing;
  readonly workers: number;
  readonly lengthMs: number;
  readonly efficiency: number;
}

/**
 * Whether the run says something: of a hundred thousand workers ten tasks each can be simulated, and where these together
 * last no longer than it takes to send everybody its first, all is beginning and end.
 */
export function isTelling(handing: Handing, lengthMs: number, workers: number): boolean {
  return handing !== 'single-tree' || workers < 100_000 || lengthMs >= 1;
}

export function efficiency(handing: Handing, lengthMs: number, workers: number): number {
  const isSingle = handing === 'single' || handing === 'single-tree';
  const isTree = handing === 'single-tree' || handing === 'found-tree';
  const tasks = equalTasks(workers * tasksPerWorker(isSingle, lengthMs, workers), lengthMs);
  const machine = { ...typicalMachine(workers), ...(isTree && { coordinators: Math.ceil(workers / crew) }) };
  return isSingle
    ? simulate({ tasks, machine, strategy: 'self', chunk: 1 }).efficiency
    : simulate({ tasks, machine, strategy: 'adaptive', chunk: 'auto' }).efficiency;
}

/** Ten tasks a worker at least; where they are short, enough that the run is longer than its beginning and its end. */
function tasksPerWorker(isSingle: boolean, lengthMs: number, workers: number): number {
  const lasting = Math.round((isSingle ? 100 : 500) / lengthMs);
  const affordable = isSingle ? 200_000 / workers : Number.POSITIVE_INFINITY;
  return Math.max(10, Math.min(lasting, affordable));
}
