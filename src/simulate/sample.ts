/** A study made small enough to simulate: where there are many cases, tasks of several, and a share of the workers. */
import { scattered } from '../schedule/bins.js';
import { type CostModel, expectedCosts, type FeatureModel, isCost } from '../schedule/costs.js';
import type { Chunk } from '../schedule/work-queue.js';

export interface SampleRequest {
  /** Cases to compute; at least one. */
  readonly ranges: readonly Readonly<Chunk>[];
  readonly model: CostModel | undefined;
  readonly workers: number;
  /** Most tasks to simulate. */
  readonly mostTasks: number;
}

export interface Sample {
  /** Cases that a task stands for, but perhaps the last. */
  readonly casesPerTask: number;
  /** Workers to simulate, and the cases that are their part. */
  readonly workers: number;
  readonly cases: number;
  /** Units of cost of each task, in the order of cases, and of the dearest case that was looked at. */
  readonly units: Float64Array;
  readonly longest: number;
  /** What a scheduler is told of tasks; undefined where the study says nothing. */
  readonly model: CostModel | undefined;
}

/** With fewer tasks a worker, tasks of several cases would make the end of the run look less even than it is. */
const tasksPerWorker = 96;

/** Fewer workers say little of how one coordinator serves many. */
const fewestWorkers = 8;

/** Cases of a task that are looked at, next to each other somewhere in it. */
const looks = 4;

export function sampleOf({ ranges, model, workers, mostTasks }: SampleRequest): Sample {
  const cases = ranges.reduce((sum, { count }) => sum + count, 0);
  const tasksEach = Math.min(tasksPerWorker, Math.max(1, cases / workers));
  const simulated = Math.min(workers, Math.max(fewestWorkers, Math.floor(mostTasks / tasksEach)));
  const share = simulated / workers;
  const casesPerTask = Math.max(1, Math.ceil((cases * share) / mostTasks));
  const tasks = pick(ranges, cases, casesPerTask, share);
  const told = model && modelOf(model, tasks);
  const units = told ? expectedCosts(told).costs(0, tasks.length) : new Float64Array(tasks.length).fill(1);
  fillHoles(units);
  const longest = units.reduce((a, b) => Math.max(a, b), 0);
  tasks.forEach(({ count }, i) => {
    units[i]! *= count;
  });
  const simulatedCases = tasks.reduce((sum, { count }) => sum + count, 0);
  return { casesPerTask, workers: simulated, cases: simulatedCases, units, longest, model: told };
}

/** A run of cases in one range, at which to look, and the number of cases that it stands for. */
interface Task {
  readonly first: number;
  readonly looked: number;
  readonly count: number;
}

/** Of every 1 / share cases one, in runs of `casesPerTask`. */
function pick(
  ranges: readonly Readonly<Chunk>[],
  cases: number,
  casesPerTask: number,
  share: number,
): readonly Task[] {
  const tasks: Task[] = [];
  let range = 0;
  let before = 0;
  for (let i = 0; ; i++) {
    const start = Math.floor((i * casesPerTask) / share);
    if (start >= cases) return tasks;
    const count = Math.min(casesPerTask, cases - start);
    const position = start + Math.floor(scattered(i) * Math.max(0, count - looks));
    while (position >= before + ranges[range]!.count) before += ranges[range++]!.count;
    const left = before + ranges[range]!.count - position;
    tasks.push({
      first: ranges[range]!.first + position - before,
      looked: Math.min(looks, count, left),
      count,
    });
  }
}

/** Costs or features of tasks: those of their average case, as far as it was looked at. */
function modelOf(model: CostModel, tasks: readonly Task[]): CostModel {
  switch (model.kind) {
    case 'known': {
      const [costs] = means(tasks, 1, (first, count) => [model.costs(first, count)], isCost);
      return { kind: 'known', costs: (first, count) => costs!.slice(first, first + count) };
    }
    case 'features': {
      const isFeature = (value: number): boolean => value > 0 && isCost(value);
      const features = means(
        tasks,
        model.featureCount,
        (first, count) => model.features(first, count),
        isFeature,
      );
      return {
        ...model,
        features: (first, count) => features.map((values) => values.slice(first, first + count)),
      } satisfies FeatureModel;
    }
    default:
      return model satisfies never;
  }
}

function means(
  tasks: readonly Task[],
  numbers: number,
  evaluate: (first: number, count: number) => readonly Float64Array[],
  isValid: (value: number) => boolean,
): Float64Array[] {
  const out = Array.from({ length: numbers }, () => new Float64Array(tasks.length));
  for (let at = 0; at < tasks.length; ) {
    const run = contiguous(tasks, at);
    const first = tasks[at]!.first;
    const values = evaluate(first, tasks[at + run - 1]!.first + tasks[at + run - 1]!.looked - first);
    for (let i = at; i < at + run; i++) {
      const from = tasks[i]!.first - first;
      values.forEach((list, j) => {
        const valid = list.subarray(from, from + tasks[i]!.looked).filter(isValid);
        out[j]![i] = valid.reduce((sum, value) => sum + value, 0) / valid.length;
      });
    }
    at += run;
  }
  return out;
}

/** Tasks from `at` on that are looked at in full and follow each other: many cases evaluated at once cost less each. */
function contiguous(tasks: readonly Task[], at: number): number {
  let run = 1;
  while (run < 1024 && at + run < tasks.length) {
    const { first, looked } = tasks[at + run - 1]!;
    if (tasks[at + run]!.first !== first + looked) break;
    run++;
  }
  return run;
}

/** Tasks of which nothing is known count as average ones. */
function fillHoles(units: Float64Array): void {
  const known = units.filter(isCost);
  const mean = known.length === 0 ? 1 : known.reduce((sum, value) => sum + value, 0) / known.length;
  for (let i = 0; i < units.length; i++) if (!isCost(units[i]!)) units[i] = mean;
}
