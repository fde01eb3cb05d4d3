/** How long a run will take by each strategy: the real coordinator in simulated time, on the costs that are expected. */
import type { CostModel } from '../schedule/costs.js';
import type { KeptCosts } from '../schedule/kept-costs.js';
import type { Chunk } from '../schedule/work-queue.js';
import type { Strategy } from '../study/study.js';
import { type Constraints, orderBy, waitingBound } from './constraints.js';
import { type Machine, timesCosts, typicalMachine } from './machine.js';
import { type Sample, sampleOf } from './sample.js';
import { simulate } from './simulate.js';
import { lognormal, type Tasks, tasksOf } from './tasks.js';

export interface ForecastRequest {
  /** Cases to compute; at least one. */
  readonly ranges: readonly Readonly<Chunk>[];
  readonly model: CostModel | undefined;
  /** What is known of times. */
  readonly costs: KeptCosts | undefined;
  readonly workers: number;
  readonly chunk: number | 'auto';
  readonly strategies: readonly Strategy[];
  /** Most tasks that are simulated, for each strategy. */
  readonly mostTasks: number;
  /** Of another forecast of the same cases, which may have looked at others of them: both then tell of the same run. */
  readonly whole?: Pick<Forecast, 'total' | 'longest'>;
  /** What lets cases wait. Every case is simulated then, however many. */
  readonly constraints?: Constraints | undefined;
}

export interface Forecast {
  readonly workers: number;
  /** Milliseconds; or times of a mean case, where times are unknown and messages are taken to cost nothing. */
  readonly unit: 'ms' | 'mean case';
  /** Time of all cases, one after the other, and of the longest. */
  readonly total: number;
  readonly longest: number;
  readonly runs: readonly ForecastRun[];
  /** What was simulated, where that was not every case and every worker. */
  readonly coarse?: { readonly casesPerTask: number; readonly workers: number };
  /** What no schedule can beat. */
  readonly bound: number;
  /** Cases that fit on no host, and those that depend on one. */
  readonly unplaceable: number;
}

export interface ForecastRun {
  readonly strategy: Strategy;
  readonly makespan: number;
  /** Part of all workers' time that they compute. */
  readonly efficiency: number;
}

/** Times scatter about what is predicted: small runs are simulated several times. */
const mostSeeds = 8;

/** Where times are unknown, a mean case is long beside what a worker waits for. */
const unknownMs = 1000;

export function forecast(request: ForecastRequest): Forecast {
  const { ranges, costs, workers, chunk, strategies, mostTasks, whole } = request;
  const { constraints } = request;
  const cases = ranges.reduce((sum, { count }) => sum + count, 0);
  const sample = sampleOf({ ...request, mostTasks: constraints ? Math.max(cases, mostTasks) : mostTasks });
  const { casesPerTask } = sample;
  const scale = costs ? 1 : 1 / unknownMs;
  const units = sample.units.reduce((a, b) => a + b, 0) / sample.cases;
  const total = whole?.total ?? (costs ? units * costs.msPerUnit * cases : cases);
  const caseMs = total / cases / scale;
  const msPerUnit = caseMs / units;
  const scatter = (costs?.scatter ?? 0) / Math.sqrt(casesPerTask);
  const times = timesOf(sample, msPerUnit, scatter, mostTasks);
  const machine = costs ? machineFor(sample, workers, caseMs, chunk) : freeMachine(sample.workers);
  const longest = whole?.longest ?? sample.longest * msPerUnit * scale;
  const places = constraints && placesOf(ranges);
  // Where no time is known yet, cases take exactly what the study says, and in this forecast that is known.
  const scatterKnown = costs ? costs.scatter : sample.model && 0;
  const expected = (index: number): number => (places?.has(index) ? sample.units[places.get(index)!]! : 0);
  const reckoned: Constraints | undefined =
    constraints && scatterKnown !== undefined
      ? {
          ...constraints,
          expected: { predictMs: (index) => msPerUnit * expected(index), scatter: scatterKnown },
        }
      : constraints;
  let unplaceable = 0;
  const meanMs = (strategy: Strategy): number => {
    const makespans = times.map((tasks) =>
      simulate({
        ...{ tasks: places ? atPlaces(tasks, places) : tasks, machine, strategy },
        chunk: chunk === 'auto' ? chunk : Math.max(1, Math.round(chunk / casesPerTask)),
        ...(sample.model && { costs: sample.model }),
        ...(reckoned && { constraints: reckoned, ranges }),
      }),
    );
    unplaceable = makespans[0]!.givenUpCases;
    return makespans.reduce((sum, { makespanMs }) => sum + makespanMs, 0) / times.length;
  };
  const simulated = new Map<Strategy, number>();
  const runs = strategies.map((strategy): ForecastRun => {
    const order = constraints ? orderBy(strategy) : strategy;
    const mean = simulated.get(order) ?? meanMs(order);
    simulated.set(order, mean);
    // The longest case need not be among those simulated.
    const makespan = Math.max(mean * scale, longest);
    return { strategy, makespan, efficiency: Math.min(1, total / (workers * makespan)) };
  });
  const waitsMs = constraints ? msPerUnit * waitingBound(constraints.set, expected, workers) : 0;
  const bound = Math.max(total / workers, longest, waitsMs * scale);
  const isWhole = casesPerTask === 1 && sample.workers === workers;
  return {
    ...{ workers, unit: costs ? 'ms' : 'mean case', total, longest, runs, bound, unplaceable },
    ...(!isWhole && { coarse: { casesPerTask, workers: sample.workers } }),
  };
}

/** Where each case stands among those that are computed. */
function placesOf(ranges: readonly Readonly<Chunk>[]): ReadonlyMap<number, number> {
  const places = new Map<number, number>();
  for (const { first, count } of ranges) {
    for (let index = first; index < first + count; index++) places.set(index, places.size);
  }
  return places;
}

/** Tasks by the numbers that their cases have in the study. */
function atPlaces(tasks: Tasks, places: ReadonlyMap<number, number>): Tasks {
  return { ...tasks, elapsedMs: (first, count) => tasks.elapsedMs(places.get(first)!, count) };
}

/** What tasks may turn out to take, so often that chance weighs little. */
function timesOf({ units }: Sample, msPerUnit: number, scatter: number, mostTasks: number): readonly Tasks[] {
  const expected = units.map((value) => value * msPerUnit);
  if (scatter === 0) return [tasksOf(expected)];
  const seeds = Math.max(1, Math.min(mostSeeds, Math.floor(mostTasks / units.length)));
  // Lognormal with mean 1 and this standard deviation.
  const variance = Math.log(1 + scatter ** 2);
  const sum = (values: Float64Array): number => values.reduce((a, b) => a + b, 0);
  return Array.from({ length: seeds }, (_, seed) => {
    const noise = lognormal(units.length, Math.exp(-variance / 2), Math.sqrt(variance), seed + 1);
    const times = expected.map((ms, i) => ms * noise[i]!);
    // All in all they take what is expected, since that is what the length of a run is compared with.
    const part = sum(expected) / sum(times);
    return tasksOf(times.map((ms) => ms * part));
  });
}

/** As in worker/work.ts and schedule/chunk-size.ts: least and usual time between two messages of one worker. */
const leastMessageMs = 1;
const usualMessageMs = 10;

/**
 * A machine whose coordinator is as busy with the sample as a real one is with all: it serves a part of the workers,
 * and tasks that stand for several messages come in one.
 */
function machineFor(
  { workers: simulated, casesPerTask }: Sample,
  workers: number,
  caseMs: number,
  chunk: number | 'auto',
): Machine {
  const machine = typicalMachine(simulated);
  const chunkMs = chunk === 'auto' ? usualMessageMs : chunk * caseMs;
  const realMs = Math.max(caseMs, Math.min(usualMessageMs, Math.max(leastMessageMs, chunkMs)));
  const messages = Math.max(1, (casesPerTask * caseMs) / realMs);
  return {
    ...machine,
    workersForEach: workers / simulated,
    coordinator: timesCosts(machine.coordinator, messages),
  };
}

function freeMachine(workers: number): Machine {
  return {
    ...typicalMachine(workers),
    latencyMs: 0,
    coordinator: { messageMs: 0, blockMs: 0, rangeMs: 0 },
    worker: { pieceMs: 0, messageMs: 0 },
  };
}
