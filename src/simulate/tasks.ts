/** How long simulated cases last on a worker of speed 1. */
import { inverseNormal } from '../study/sampling/normal.js';
import { philox4x32, uniformOf } from '../study/sampling/philox.js';

export interface Tasks {
  readonly count: number;
  /** Time of cases `first … first + count - 1`, one after the other. */
  elapsedMs(first: number, count: number): number;
  /** Time of the longest case. */
  readonly longestMs: number;
}

/** Tasks that all last as long as each other; no memory, however many. */
export function equalTasks(count: number, ms: number): Tasks {
  return { count, longestMs: ms, elapsedMs: (_first, cases) => cases * ms };
}

export function tasksOf(costsMs: Float64Array): Tasks {
  const sums = new Float64Array(costsMs.length + 1);
  for (let i = 0; i < costsMs.length; i++) sums[i + 1] = sums[i]! + costsMs[i]!;
  return {
    count: costsMs.length,
    longestMs: costsMs.reduce((a, b) => Math.max(a, b), 0),
    // A single case must last the same wherever it stands, which a difference of sums does not promise.
    elapsedMs: (first, count) => (count === 1 ? costsMs[first]! : sums[first + count]! - sums[first]!),
  };
}

/** No schedule can end earlier: all work spread evenly, or the longest case. */
export function lowerBoundMs(tasks: Tasks, workers: number): number {
  return Math.max(tasks.elapsedMs(0, tasks.count) / workers, tasks.longestMs);
}

/** Lognormal numbers with median `median`: the same for the same seed and stream. */
export function lognormal(
  count: number,
  median: number,
  sigma: number,
  seed: number,
  stream = 0,
): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => {
    const [high, low] = philox4x32(i, stream, 0, 0, seed, 0);
    return median * Math.exp(sigma * inverseNormal(uniformOf(high, low)));
  });
}
