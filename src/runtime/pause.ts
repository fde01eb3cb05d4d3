/** Waiting for something that only a look can find: busy at first, then with ever longer rests. */

/** Looks without a rest for this long: an answer of a busy partner takes a few µs. */
const spinMs = 0.5;

/** Then short rests that block the thread; a timer of the event loop would take a millisecond and more. */
const restMs = 0.1;

/** After this long without anything, the rests are timers: the processor belongs to others. */
const idleMs = 50;
const timerMs = 2;

const nobody = new Int32Array(new SharedArrayBuffer(4));

export class Pause {
  #since = 0;

  /** Something was found. */
  reset(): void {
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
    if (idle > spinMs) Atomics.wait(nobody, 0, 0, restMs);
    setImmediate(next);
  }
}
