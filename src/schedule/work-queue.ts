/** Ranges of cases that wait to be handed out, taken from the front. */

/** A run of consecutive cases; schedulers fill one that the caller owns, so that handing out allocates nothing. */
export interface Chunk {
  first: number;
  count: number;
}

export class WorkQueue {
  readonly #firsts: number[] = [];
  readonly #counts: number[] = [];
  #head = 0;
  #total = 0;

  constructor(ranges: Iterable<Readonly<Chunk>> = []) {
    for (const range of ranges) this.add(range.first, range.count);
  }

  /** Cases that wait. */
  get total(): number {
    return this.#total;
  }

  add(first: number, count: number): void {
    if (count === 0) return;
    this.#firsts.push(first);
    this.#counts.push(count);
    this.#total += count;
  }

  /** Puts cases back to where the next ones are taken from. */
  addFront(first: number, count: number): void {
    if (count === 0) return;
    if (this.#head > 0) {
      this.#head--;
      this.#firsts[this.#head] = first;
      this.#counts[this.#head] = count;
    } else {
      this.#firsts.unshift(first);
      this.#counts.unshift(count);
    }
    this.#total += count;
  }

  /** Takes up to `most` consecutive cases; false when none wait. */
  take(most: number, out: Chunk): boolean {
    if (this.#total === 0) return false;
    const head = this.#head;
    const first = this.#firsts[head] as number;
    const waiting = this.#counts[head] as number;
    const count = Math.min(most, waiting);
    out.first = first;
    out.count = count;
    this.#total -= count;
    if (count < waiting) {
      this.#firsts[head] = first + count;
      this.#counts[head] = waiting - count;
    } else {
      this.#head++;
      if (this.#head > 1024 && this.#head * 2 > this.#firsts.length) this.#compact();
    }
    return true;
  }

  /** Moves `count` cases, at most all, from the back of this queue to the back of another, in order. */
  moveBack(count: number, to: WorkQueue): void {
    let from = this.#firsts.length;
    let left = count;
    while (left > 0 && from > this.#head) {
      from--;
      left -= this.#counts[from] as number;
    }
    // The range before which the cut lies stays in part when it holds more than was asked for.
    for (let i = from; i < this.#firsts.length; i++) {
      const kept = i === from ? Math.max(0, -left) : 0;
      to.add((this.#firsts[i] as number) + kept, (this.#counts[i] as number) - kept);
    }
    const moved = count - Math.max(0, left);
    if (left < 0) this.#counts[from++] = -left;
    this.#firsts.length = from;
    this.#counts.length = from;
    this.#total -= moved;
  }

  /** Splits all that waits into `parts` queues of equal length, in order. */
  split(parts: number): WorkQueue[] {
    const queues = Array.from({ length: parts }, () => new WorkQueue());
    const chunk: Chunk = { first: 0, count: 0 };
    const all = this.#total;
    let taken = 0;
    queues.forEach((queue, i) => {
      const end = Math.floor((all * (i + 1)) / parts);
      while (taken < end && this.take(end - taken, chunk)) {
        queue.add(chunk.first, chunk.count);
        taken += chunk.count;
      }
    });
    return queues;
  }

  #compact(): void {
    this.#firsts.splice(0, this.#head);
    this.#counts.splice(0, this.#head);
    this.#head = 0;
  }
}
