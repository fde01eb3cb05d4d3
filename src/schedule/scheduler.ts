/** Who computes what next: one interface, one maker. */
import type { Strategy } from '../study/study.js';
import { AdaptiveScheduler, FactoringScheduler, GuidedScheduler, SelfScheduler } from './dynamic.js';
import { BlockScheduler, CyclicScheduler } from './static.js';
import type { Chunk } from './work-queue.js';

export interface Scheduler {
  /** Cases not handed out yet. */
  readonly remaining: number;
  /** Fills `out` with the next chunk for this worker; false when there is none for it. */
  next(worker: number, out: Chunk): boolean;
  /** Cases that were handed out and did not come back. */
  giveBack(first: number, count: number): void;
  /** A measured chunk. */
  observe(count: number, elapsedMs: number): void;
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
}

export function createScheduler(request: ScheduleRequest): Scheduler {
  switch (request.strategy) {
    case 'block':
      return new BlockScheduler(request);
    case 'cyclic':
      return new CyclicScheduler(request);
    case 'self':
      return new SelfScheduler(request);
    case 'guided':
      return new GuidedScheduler(request);
    case 'factoring':
      return new FactoringScheduler(request);
    case 'adaptive':
      return new AdaptiveScheduler(request);
    default:
      return request.strategy satisfies never;
  }
}
