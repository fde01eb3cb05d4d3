/** What a node coordinator hands out: pieces that the root has cut already, in the order in which they came. */
import { RangeRing } from './range-ring.js';
import type { Scheduler } from './scheduler.js';
import type { Chunk } from './work-queue.js';

export class FeedScheduler implements Scheduler {
  readonly takesBack: Scheduler['takesBack'];
  /** Ranges with the cases of a piece in the place of an attempt. */
  readonly #ranges = new RangeRing();
  /** What came back from workers, which goes out first; each range is a piece. */
  readonly #returned = new RangeRing();
  #remaining = 0;
  #pieces = 0;

  /** `takesBack`: what the root's scheduler lets workers be asked for. */
  constructor(takesBack: Scheduler['takesBack']) {
    this.takesBack = takesBack;
  }

  get remaining(): number {
    return this.#remaining;
  }

  /** Pieces that wait. */
  get pieces(): number {
    return this.#pieces;
  }

  /** Adds pieces of `piece` cases, the last one smaller perhaps. */
  add(first: number, count: number, piece: number): void {
    this.#ranges.push(first, count, piece);
    this.#remaining += count;
    this.#pieces += Math.ceil(count / piece);
  }

  next(_worker: number, out: Chunk): boolean {
    const from = this.#returned.length > 0 ? this.#returned : this.#ranges;
    if (from.length === 0) return false;
    out.first = from.headFirst;
    out.count = Math.min(from.headCount, from.headAttempt);
    from.take(out.count);
    this.#remaining -= out.count;
    this.#pieces--;
    return true;
  }

  giveBack(first: number, count: number): void {
    this.#returned.push(first, count, count);
    this.#remaining += count;
    this.#pieces++;
  }

  /** Takes whole pieces out again, the last ones first; `visit` gets a range of them at a time. */
  takeLast(most: number, visit: (first: number, count: number) => void): void {
    for (let left = Math.min(most, this.#pieces); left > 0; ) {
      const from = this.#ranges.length > 0 ? this.#ranges : this.#returned;
      const { tailFirst, tailCount, tailAttempt: piece } = from;
      const pieces = Math.min(left, Math.ceil(tailCount / piece));
      const kept = (Math.ceil(tailCount / piece) - pieces) * piece;
      from.takeBack(tailCount - kept);
      visit(tailFirst + kept, tailCount - kept);
      this.#remaining -= tailCount - kept;
      this.#pieces -= pieces;
      left -= pieces;
    }
  }

  observe(_count: number, _elapsedMs: number): void {
    // The root measures, and cuts.
  }

  release(_worker: number): void {
    // Nothing is kept for a worker.
  }
}
