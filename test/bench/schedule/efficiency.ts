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

export const workerCounts: Readonly<Record<Handing, readonly number[]>> = {
  single: [10, 100, 1000, 10_000, 100_000],
  found: [10, 100, 1000, 10_000, 100_000],
  'single-tree': [1000, 10_000, 100_000],
  'found-tree': [1000, 10_000, 100_000],
};

/**
 * Of a hundred thousand workers a share is simulated, with a root as much busier: half a second of all of them is up to a
 * thousand million events. Among node coordinators the share is smaller, since their workers never wait, and it still
 * has sixteen of them.
 */
export function workersForEach(handing: Handing, workers: number): number {
  if (workers < 100_000) return 1;
  return isTree(handing) ? 50 : 10;
}

/** At so many workers shares are compared with the whole, for tasks of these lengths. */
export const compared = { workers: 10_000, workersForEach: 5, lengthsMs: [0.01, 1, 100] } as const;

export interface Point {
  readonly handing: Handing;
  readonly workers: number;
  readonly lengthMs: number;
  readonly efficiency: number;
}

/** `forEach`: workers that each simulated one stands for. */
export function efficiency(
  handing: Handing,
  lengthMs: number,
  workers: number,
  forEach = workersForEach(handing, workers),
): number {
  const isSingle = handing === 'single' || handing === 'single-tree';
  const simulated = workers / forEach;
  const tasks = equalTasks(simulated * tasksPerWorker(isSingle, lengthMs, workers), lengthMs);
  const machine = {
    ...typicalMachine(simulated),
    workersForEach: forEach,
    ...(isTree(handing) && { coordinators: Math.ceil(simulated / crew) }),
  };
  return isSingle
    ? simulate({ tasks, machine, strategy: 'self', chunk: 1 }).efficiency
    : simulate({ tasks, machine, strategy: 'adaptive', chunk: 'auto' }).efficiency;
}

function isTree(handing: Handing): boolean {
  return handing === 'single-tree' || handing === 'found-tree';
}

/**
 * Ten tasks a worker at least; where they are short, enough that the run is longer than its beginning and its end, which
 * it is with two hundred of the shortest.
 */
function tasksPerWorker(isSingle: boolean, lengthMs: number, workers: number): number {
  const lasting = Math.round((isSingle ? 100 : 500) / lengthMs);
  const affordable = isSingle ? Math.max(200, 200_000 / workers) : Number.POSITIVE_INFINITY;
  return Math.max(10, Math.min(lasting, affordable));
}
