/** Who computes what next: one interface, one maker. */
import type { Strategy } from '../study/study.js';
import { AdaptiveFactoringScheduler } from './adaptive-factoring.js';
import { type CostModel, expectedCosts } from './costs.js';
import { AdaptiveScheduler, FactoringScheduler, GuidedScheduler, SelfScheduler } from './dynamic.js';
import { LearningScheduler } from './learning.js';
import { LptScheduler } from './lpt.js';
import { isExact, PlannedScheduler } from './planned.js';
import { BlockScheduler, CyclicScheduler } from './static.js';
import { StealingScheduler } from './stealing.js';
import type { Chunk } from './work-queue.js';

export interface Scheduler {
  /**
   * What may be taken back from a worker that lives, of what it has not begun: nothing where who computes what is
   * settled beforehand; pieces that a node coordinator has not handed on; or anything, parts of ranges too.
   */
  readonly takesBack: 'nothing' | 'pieces' | 'anything';
  /** Cases not handed out yet. */
  readonly remaining: number;
  /** Chunks not handed out yet, where they are cut already. */
  readonly pieces?: number;
  /** Fills `out` with the next chunk for this worker; false when there is none for it. */
  next(worker: number, out: Chunk): boolean;
  /** Cases that were handed out and did not come back. */
  giveBack(first: number, count: number): void;
  /** A measured chunk. */
  observe(count: number, elapsedMs: number): void;
  /**
   * Where a strategy needs to know who computed what: each block, before the chunk it is part of. `isMeasured`: all its
   * cases completed; one that failed, or was ended over its time, has not taken the time that it takes.
   */
  observeBlock?(worker: number, first: number, count: number, elapsedMs: number, isMeasured: boolean): void;
  /** The worker is gone for good: what was kept for it goes to the others. */
  release(worker: number): void;
}

export interface ScheduleRequest {
  readonly strategy: Strategy;
  /** Cases to compute, disjoint, in the order in which they are wanted. */
  readonly ranges: Iterable<Readonly<Chunk>>;
  /** Identifiers of the workers that take part. */
  readonly workers: readonly number[];
  /** Cases in a chunk, or found at run time. */
  readonly chunk: number | 'auto';
  /** Most cases in any chunk: what a message can count. */
  readonly mostCases: number;
  /** What is known of costs; `lpt` and `adaptive` heed it. */
  readonly costs?: CostModel;
  /**
   * There is a limit of time, and nobody knows how long a unit of cost takes: cheap cases come first, until a time was
   * measured, since the dearest may not end in time.
   */
  readonly isScaleNeeded?: boolean;
}

export function createScheduler(request: ScheduleRequest): Scheduler {
  switch (request.strategy) {
    case 'block':
      return new BlockScheduler(request);
    case 'cyclic':
      return new CyclicScheduler(request);
    case 'lpt':
      // Equal shares of cases that cost the same are the blocks.
      return request.costs ? new LptScheduler(request, request.costs) : new BlockScheduler(request);
    case 'self':
      return new SelfScheduler(request);
    case 'guided':
      return new GuidedScheduler(request);
    case 'factoring':
      return new FactoringScheduler(request);
    case 'adaptive-factoring':
      return new AdaptiveFactoringScheduler(request);
    case 'work-stealing':
      return new StealingScheduler(request);
    case 'adaptive':
      return adaptive(request);
    default:
      return request.strategy satisfies never;
  }
}

/** By cost where something is known of it, else by what chunks are seen to take. */
function adaptive(request: ScheduleRequest): Scheduler {
  switch (request.costs?.kind) {
    case 'known':
      return new PlannedScheduler(request, request.costs);
    case 'features':
      return isExact(request.costs)
        ? new PlannedScheduler(request, expectedCosts(request.costs))
        : new LearningScheduler(request, request.costs);
    case undefined:
      return new AdaptiveScheduler(request);
    default:
      return request.costs satisfies never;
  }
}
