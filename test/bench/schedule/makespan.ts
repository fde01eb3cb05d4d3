/** How even the end of a run is: makespan over what no schedule can beat, on lognormal costs. */
import type { CostModel } from '../../../src/schedule/costs.js';
import { typicalMachine } from '../../../src/simulate/machine.js';
import { simulate } from '../../../src/simulate/simulate.js';
import { lognormal, lowerBoundMs, tasksOf } from '../../../src/simulate/tasks.js';
import type { Strategy } from '../../../src/study/study.js';

/** What the scheduler is told: nothing, the costs, or a feature that is the cost times lognormal noise of this sigma. */
export type Knowledge = 'nothing' | 'costs' | number | 'useless';

export interface Workload {
  readonly tasks: number;
  readonly sigma: number;
  readonly workers: number;
}

/** Median time of a task: long beside any message, as in the studies where the end of a run matters. */
const medianMs = 10_000;

/** Mean over the seeds `first … first + seeds - 1`. */
export function meanRatio(
  { tasks: count, sigma, workers }: Workload,
  strategy: Strategy,
  knowledge: Knowledge,
  seeds: number,
  first = 1,
): number {
  const machine = typicalMachine(workers);
  let sum = 0;
  for (let seed = first; seed < first + seeds; seed++) {
    const costs = lognormal(count, medianMs, sigma, seed);
    const tasks = tasksOf(costs);
    const model = modelOf(costs, sigma, knowledge, seed);
    const run = simulate({ tasks, machine, strategy, chunk: 'auto', ...(model && { costs: model }) });
    sum += run.makespanMs / lowerBoundMs(tasks, workers);
  }
  return sum / seeds;
}

function modelOf(
  costs: Float64Array,
  sigma: number,
  knowledge: Knowledge,
  seed: number,
): CostModel | undefined {
  if (knowledge === 'nothing') return undefined;
  const slice = (values: Float64Array) => (first: number, count: number) =>
    values.slice(first, first + count);
  if (knowledge === 'costs') return { kind: 'known', costs: slice(costs) };
  const noise = lognormal(costs.length, 1, knowledge === 'useless' ? sigma : knowledge, seed, 1);
  const feature = knowledge === 'useless' ? noise : costs.map((cost, i) => cost * noise[i]!);
  const read = slice(feature);
  return { kind: 'features', featureCount: 1, features: (first, count) => [read(first, count)] };
}

/** Columns of the table in docs/scheduling.md. */
export const workloads: readonly Workload[] = [
  { tasks: 16, sigma: 0.5, workers: 4 },
  { tasks: 40, sigma: 1, workers: 4 },
  { tasks: 64, sigma: 0.5, workers: 16 },
  { tasks: 160, sigma: 1, workers: 16 },
  { tasks: 256, sigma: 0.5, workers: 64 },
  { tasks: 640, sigma: 1, workers: 64 },
  { tasks: 640, sigma: 2, workers: 64 },
];

/** Its rows. */
export const ways: readonly { readonly strategy: Strategy; readonly knowledge: Knowledge }[] = [
  { strategy: 'block', knowledge: 'nothing' },
  { strategy: 'cyclic', knowledge: 'nothing' },
  { strategy: 'guided', knowledge: 'nothing' },
  { strategy: 'factoring', knowledge: 'nothing' },
  { strategy: 'adaptive-factoring', knowledge: 'nothing' },
  { strategy: 'work-stealing', knowledge: 'nothing' },
  { strategy: 'self', knowledge: 'nothing' },
  { strategy: 'adaptive', knowledge: 'nothing' },
  { strategy: 'adaptive', knowledge: 'useless' },
  { strategy: 'adaptive', knowledge: 0.3 },
  { strategy: 'lpt', knowledge: 'costs' },
  { strategy: 'adaptive', knowledge: 'costs' },
];
