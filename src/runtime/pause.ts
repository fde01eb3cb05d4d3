/** Waiting for something that only a look can find: busy at first, then with ever longer rests. */

/** Looks without a rest for this long: an answer of a busy partner takes a few µs. */
const spinMs = 0.5;

/** Then short rests that block the thread; a timer of the event loop would take a millisecond and more. */
const shortestMs = 0.1;
const longestMs = 1;

/** A rest is this part of the time that what comes has lately taken: it delays little, and costs next to nothing. */
const partOfGap = 1 / 8;

/** Weight of the last gap in their average. */
const freshness = 0.2;

/** After this long without anything, the rests are timers: the processor belongs to others. */
const idleMs = 50;
const timerMs = 2;

const nobody = new Int32Array(new SharedArrayBuffer(4));

export class Pause {
  #since = 0;
  /** How long, on average, lately nothing came. */
  #gapMs = 0;

  /** Something was found. */
  reset(): void {
    if (this.#since === 0) return;
    this.#gapMs += freshness * (performance.now() - this.#since - this.#gapMs);
    this.#since = 0;
  }

  /** Calls `next` in a later turn of the event loop. */
  rest(next: () => void): void {
    const now = performance.now();
    if (this.#since === 0) this.#since = now;
    const idle = now - this.#since;
    if (idle > idleMs) {
      setTimeout(next, timerMs);
      return;
    }
    // Where partners compute for longer than that, looking without a rest takes their processor for nothing.
    if (idle > spinMs || this.#gapMs > spinMs) {
      Atomics.wait(nobody, 0, 0, Math.min(longestMs, Math.max(shortestMs, partOfGap * this.#gapMs)));
    }
    setImmediate(next);
  }
}
