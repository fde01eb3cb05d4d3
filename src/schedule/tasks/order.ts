/** In which order cases should start, whatever may start when. */
import type { Strategy } from '../../study/study.js';
import { longestPaths } from '../../study/task-graph.js';
import type { TaskSet } from './task-set.js';

/** Cases in the order in which they should start, and the place of each in it. */
export interface StartOrder {
  readonly cases: Uint32Array;
  readonly places: Uint32Array;
}

/**
 * Higher priority first. Of one priority: by `adaptive` the case first behind which the dearest chain of others waits,
 * then the dearer one (list scheduling by critical path); by `lpt` the dearer one; by the others, and where nothing is
 * known, the order of the study.
 */
export function startOrder(set: TaskSet, strategy: Strategy): StartOrder {
  const keys = [set.priorities, ...(set.isInOrder ? [] : strategyKeys(set, strategy))].filter(
    (key) => key !== undefined,
  );
  const cases = Uint32Array.from({ length: set.count }, (_, i) => i);
  if (keys.length > 0) {
    cases.sort((a, b) => {
      for (const key of keys) {
        const difference = key[b]! - key[a]!;
        if (difference !== 0) return difference;
      }
      return a - b;
    });
  }
  const places = new Uint32Array(set.count);
  for (let place = 0; place < cases.length; place++) places[cases[place]!] = place;
  return { cases, places };
}

function strategyKeys({ dependencies, costs }: TaskSet, strategy: Strategy): (Float64Array | undefined)[] {
  if (strategy === 'lpt') return [costs];
  if (strategy !== 'adaptive') return [];
  const hasDependencies = dependencies.cases.length > 0;
  return [hasDependencies ? longestPaths(dependencies, (i) => costs?.[i] ?? 1) : undefined, costs];
}
