/** Dynamic strategies: chunks are cut from one queue when a worker can take more. */
import { ChunkSize } from './chunk-size.js';
import type { ScheduleRequest, Scheduler } from './scheduler.js';
import { type Chunk, WorkQueue } from './work-queue.js';

/** One queue, from whose front chunks are cut. */
export abstract class QueueScheduler implements Scheduler {
  readonly takesBack: Scheduler['takesBack'] = 'pieces';
  protected readonly queue: WorkQueue;
  protected readonly workerCount: number;
  protected readonly chunk: number | 'auto';
  protected readonly measured: ChunkSize;
  readonly #mostCases: number;

  constructor(request: ScheduleRequest) {
    this.queue = new WorkQueue(request.ranges);
    this.workerCount = request.workers.length;
    this.chunk = request.chunk;
    this.measured = new ChunkSize(request.mostCases);
    this.#mostCases = request.mostCases;
  }

  get remaining(): number {
    return this.queue.total;
  }

  next(worker: number, out: Chunk): boolean {
    return this.queue.take(Math.min(this.size(worker), this.#mostCases), out);
  }

  giveBack(first: number, count: number): void {
    this.queue.addFront(first, count);
  }

  observe(count: number, elapsedMs: number): void {
    this.measured.observe(count, elapsedMs);
  }

  release(_worker: number): void {
    // Nothing is kept for a worker: the one queue serves all.
  }

  protected abstract size(worker: number): number;
}

/** Self-scheduling: chunks of one size. */
export class SelfScheduler extends QueueScheduler {
  protected size(): number {
    return this.chunk === 'auto' ? this.measured.size() : this.chunk;
  }
}

/** Guided self-scheduling (Polychronopoulos and Kuck 1987): 1/p of what remains, at least one chunk. */
export class GuidedScheduler extends QueueScheduler {
  protected size(): number {
    const least = this.chunk === 'auto' ? 1 : this.chunk;
    return Math.max(least, Math.ceil(this.queue.total / this.workerCount));
  }
}

/** Factoring (Hummel, Schonberg and Flynn 1992): batches of p equal chunks, each batch half of what remains. */
export class FactoringScheduler extends QueueScheduler {
  #left = 0;
  #size = 0;

  protected size(): number {
    const least = this.chunk === 'auto' ? 1 : this.chunk;
    if (this.#left === 0) {
      this.#left = this.workerCount;
      this.#size = Math.max(least, Math.ceil(this.queue.total / (2 * this.workerCount)));
    }
    this.#left--;
    return this.#size;
  }
}

/** Chunks of a measured length that shrink towards the end, so that all workers end together. */
export class AdaptiveScheduler extends QueueScheduler {
  override readonly takesBack = 'anything';

  protected size(): number {
    const wanted = this.chunk === 'auto' ? this.measured.size() : this.chunk;
    const share = Math.ceil(this.queue.total / (2 * this.workerCount));
    return Math.max(1, Math.min(wanted, share));
  }
}
