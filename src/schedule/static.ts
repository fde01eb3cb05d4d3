/** Static strategies: who computes what is known before the run. */
import type { ScheduleRequest, Scheduler } from './scheduler.js';
import { type Chunk, WorkQueue } from './work-queue.js';

/** What a worker may still take of its own, as a stream of chunks. */
export interface Share {
  readonly remaining: number;
  take(most: number, out: Chunk): boolean;
}

/** A share for each worker. What a lost worker leaves, and what comes back, serves whoever has nothing of its own. */
export abstract class SharesScheduler implements Scheduler {
  readonly takesBack = 'nothing';
  readonly #shares: Map<number, Share>;
  readonly #returned = new WorkQueue();
  readonly #orphaned: Share[] = [];
  readonly #most: number;

  constructor(workers: readonly number[], shares: readonly Share[], most: number) {
    this.#shares = new Map(workers.map((worker, i) => [worker, shares[i] as Share]));
    this.#most = most;
  }

  get remaining(): number {
    let total = this.#returned.total;
    for (const share of this.#shares.values()) total += share.remaining;
    for (const share of this.#orphaned) total += share.remaining;
    return total;
  }

  next(worker: number, out: Chunk): boolean {
    if (this.#shares.get(worker)?.take(this.#most, out)) return true;
    if (this.#returned.take(this.#most, out)) return true;
    return this.#orphaned.some((share) => share.take(this.#most, out));
  }

  giveBack(first: number, count: number): void {
    this.#returned.addFront(first, count);
  }

  observe(_count: number, _elapsedMs: number): void {
    // A static distribution does not look at what chunks cost.
  }

  release(worker: number): void {
    const share = this.#shares.get(worker);
    if (!share) return;
    this.#shares.delete(worker);
    this.#orphaned.push(share);
  }
}

/** Block distribution: worker i of p gets the i-th of p equal runs of cases. */
export class BlockScheduler extends SharesScheduler {
  constructor(request: ScheduleRequest) {
    const queues = new WorkQueue(request.ranges).split(request.workers.length);
    const shares = queues.map((queue) => ({
      get remaining() {
        return queue.total;
      },
      take: (most: number, out: Chunk) => queue.take(most, out),
    }));
    super(
      request.workers,
      shares,
      Math.min(request.mostCases, request.chunk === 'auto' ? Infinity : request.chunk),
    );
  }
}

/** Cyclic distribution: chunk k goes to worker k mod p. A size left to us gives each worker 16 turns. */
export class CyclicScheduler extends SharesScheduler {
  constructor(request: ScheduleRequest) {
    const ranges = [...request.ranges];
    const total = ranges.reduce((sum, range) => sum + range.count, 0);
    const parts = request.workers.length;
    const automatic = Math.max(1, Math.min(request.mostCases, Math.ceil(total / (16 * parts))));
    const size = request.chunk === 'auto' ? automatic : request.chunk;
    const shares = request.workers.map((_, i) => new CyclicShare(ranges, total, size, i, parts));
    super(request.workers, shares, Math.min(request.mostCases, size));
  }
}

/** Every `parts`-th chunk of `size` positions, beginning with chunk `part`; positions count through the ranges. */
class CyclicShare implements Share {
  readonly #ranges: readonly Readonly<Chunk>[];
  readonly #total: number;
  readonly #size: number;
  readonly #stride: number;
  /** Next position to hand out, and where its chunk ends. */
  #position: number;
  #chunkEnd: number;
  /** The range that holds the position, and the position of its first case. */
  #range = 0;
  #rangeStart = 0;
  #remaining: number;

  constructor(ranges: readonly Readonly<Chunk>[], total: number, size: number, part: number, parts: number) {
    this.#ranges = ranges;
    this.#total = total;
    this.#size = size;
    this.#stride = size * parts;
    this.#position = size * part;
    this.#chunkEnd = this.#position + size;
    const rounds = Math.floor(total / this.#stride);
    const rest = total - rounds * this.#stride - size * part;
    this.#remaining = rounds * size + Math.max(0, Math.min(size, rest));
  }

  get remaining(): number {
    return this.#remaining;
  }

  take(most: number, out: Chunk): boolean {
    if (this.#remaining === 0) return false;
    let range = this.#ranges[this.#range] as Readonly<Chunk>;
    while (this.#position >= this.#rangeStart + range.count) {
      this.#rangeStart += range.count;
      this.#range++;
      range = this.#ranges[this.#range] as Readonly<Chunk>;
    }
    const inRange = this.#rangeStart + range.count - this.#position;
    const inChunk = Math.min(this.#chunkEnd, this.#total) - this.#position;
    out.first = range.first + (this.#position - this.#rangeStart);
    out.count = Math.min(most, inRange, inChunk);
    this.#remaining -= out.count;
    this.#position += out.count;
    if (this.#position >= this.#chunkEnd) {
      this.#position = this.#chunkEnd - this.#size + this.#stride;
      this.#chunkEnd = this.#position + this.#size;
    }
    return true;
  }
}
