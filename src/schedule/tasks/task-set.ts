/** What the scheduler knows of every case of a study that has tasks: arrays over all cases. */
import type { Edges } from '../../study/task-graph.js';

export interface TaskSet {
  readonly count: number;
  readonly dependencies: Edges;
  /** Rank of the level of each case, from 0: it waits until all cases of lower levels have ended. */
  readonly levels?: Uint32Array;
  /** Larger ones first among those that may start. */
  readonly priorities?: Float64Array;
  /** Cases of one priority start in their order, whatever the strategy. */
  readonly isInOrder: boolean;
  readonly costs?: Float64Array;
  readonly needs?: TaskNeeds;
  /** The case as its author calls it. */
  nameOf(index: number): string;
}

/** What each case occupies while it is computed. Few kinds of needs serve millions of cases. */
export interface TaskNeeds {
  readonly kinds: readonly Resources[];
  /** Kind of each case, a place in `kinds`. */
  readonly kindOf: Uint16Array;
}

/** Cores and GPUs may be parts of one. */
export interface Resources {
  readonly cores: number;
  readonly memoryBytes: number;
  readonly gpus: number;
}
