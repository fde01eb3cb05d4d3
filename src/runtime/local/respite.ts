/**
 * A process whose time is over while its memory is nearly full is left alone for a moment: a full heap is searched for
 * the last free bytes, which takes time, until the engine gives up and says so. Ended before, it could not say it, and
 * its case would seem to have been slow. Pure: time is an argument.
 */
import type { Cause } from './end-of-process.js';

export class Respite {
  readonly #longestMs: number;
  #sinceMs: number | undefined;

  constructor(longestMs: number) {
    this.#longestMs = longestMs;
  }

  /** True while a process, which would be ended for `cause` now, is to go on. */
  isGranted(cause: Cause | undefined, nowMs: number): boolean {
    if (cause?.kind !== 'overdue' || !cause.memory) {
      this.#sinceMs = undefined;
      return false;
    }
    this.#sinceMs ??= nowMs;
    return nowMs - this.#sinceMs < this.#longestMs;
  }
}
