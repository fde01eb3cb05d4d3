/** Work stealing: a queue for each worker, and the idle take from the fullest. */
import { ChunkSize } from './chunk-size.js';
import { LargestOf } from './largest-of.js';
import type { ScheduleRequest, Scheduler } from './scheduler.js';
import { type Chunk, WorkQueue } from './work-queue.js';

/** A worker answers between two calls of its kernel. Cases shorter than this may lie with it: its answer is soon there. */
const shortMs = 10;

/**
 * Each worker owns the i-th of p equal runs of cases and computes it from the front, so that neighbours stay together.
 * When its queue is empty it takes the back half of the fullest one. Of short cases a worker is sent half of its queue
 * at a time, and what it has not begun is taken back when others have nothing (coordinator/steal.ts). Longer ones lie
 * at the coordinator until their worker is free for them: it could not answer while it computes.
 *
 * Termination: a case is in one queue or has been handed out; stealing moves cases between queues and `next` takes
 * them out, so that `remaining` only falls, but for what workers give back, and a worker is told that there is nothing
 * only when all queues are empty.
 */
export class StealingScheduler implements Scheduler {
  readonly takesBack = 'anything';
  /** Place of each worker's queue; those who come late have none until they steal. */
  readonly #places = new Map<number, number>();
  readonly #queues: WorkQueue[];
  readonly #fullest: LargestOf;
  readonly #returned = new WorkQueue();
  readonly #chunk: number | 'auto';
  readonly #measured: ChunkSize;
  readonly #mostCases: number;
  #waiting: number;

  constructor(request: ScheduleRequest) {
    this.#queues = new WorkQueue(request.ranges).split(request.workers.length);
    this.#fullest = new LargestOf(this.#queues.map(({ total }) => total));
    this.#waiting = this.#queues.reduce((sum, { total }) => sum + total, 0);
    this.#chunk = request.chunk;
    this.#measured = new ChunkSize(request.mostCases);
    this.#mostCases = request.mostCases;
    request.workers.forEach((worker, place) => {
      this.#places.set(worker, place);
    });
  }

  get remaining(): number {
    return this.#waiting + this.#returned.total;
  }

  next(worker: number, out: Chunk): boolean {
    const piece = this.#chunk === 'auto' ? this.#measured.size() : this.#chunk;
    const size = Math.min(piece, this.#mostCases);
    if (this.#returned.take(size, out)) return true;
    if (this.#waiting === 0) return false;
    const place = this.#placeOf(worker);
    const own = this.#queues[place] as WorkQueue;
    if (own.total === 0) this.#steal(place);
    own.take(Math.min(this.#atOnce(own.total, size), this.#mostCases), out);
    this.#waiting -= out.count;
    this.#fullest.set(place, own.total);
    return true;
  }

  giveBack(first: number, count: number): void {
    this.#returned.addFront(first, count);
  }

  observe(count: number, elapsedMs: number): void {
    this.#measured.observe(count, elapsedMs);
  }

  /** Its queue stays where the others steal from. */
  release(worker: number): void {
    this.#places.delete(worker);
  }

  /** Of a queue no more than half is sent at once, so that something is left to be stolen without a question. */
  #atOnce(total: number, size: number): number {
    if (this.#chunk !== 'auto') return size;
    const { caseMs } = this.#measured;
    const half = Math.ceil(total / 2);
    return caseMs > 0 && caseMs < shortMs ? half : Math.min(size, half);
  }

  #placeOf(worker: number): number {
    const known = this.#places.get(worker);
    if (known !== undefined) return known;
    const place = this.#queues.length;
    this.#queues.push(new WorkQueue());
    this.#fullest.push(0);
    this.#places.set(worker, place);
    return place;
  }

  #steal(thief: number): void {
    const victim = this.#fullest.place;
    const from = this.#queues[victim] as WorkQueue;
    from.moveBack(Math.ceil(from.total / 2), this.#queues[thief] as WorkQueue);
    this.#fullest.set(victim, from.total);
  }
}
