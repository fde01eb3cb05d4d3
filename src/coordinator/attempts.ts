/** Which attempt of a case comes next: numbers for the few cases that have failed before. */
import { RangeSet } from '../schedule/ranges.js';
import type { Tried } from '../schedule/tried.js';

/** A result block counts attempts in 16 bits. */
const mostAttempts = 0xffff;

export class Attempts {
  readonly #tried: Map<number, Tried>;
  readonly #cases = new RangeSet();

  constructor(tried: Iterable<readonly [index: number, tried: Tried]> = []) {
    this.#tried = new Map(tried);
    for (const index of this.#tried.keys()) this.#cases.add(index, 1);
  }

  /** Number of the attempt that begins when this range is handed out; all of its cases have as many behind them. */
  next(first: number): number {
    // Nearly always nothing has failed, and a look into an empty map would cost as much as a small case.
    if (this.#tried.size === 0) return 1;
    return Math.min((this.#tried.get(first)?.attempts ?? 0) + 1, mostAttempts);
  }

  /** Retries that the case has used up when this attempt fails. */
  used(index: number, attempt: number): number {
    return attempt - 1 - (this.#tried.get(index)?.forgiven ?? 0);
  }

  failed(index: number, attempt: number): void {
    this.#cases.add(index, 1);
    this.#tried.set(index, { attempts: attempt, forgiven: this.#tried.get(index)?.forgiven ?? 0 });
  }

  /** Cuts a range so that all cases of a part have as many attempts behind them: one that was tried is a part of its own. */
  eachPart(first: number, count: number, visit: (first: number, count: number) => void): void {
    let from = first;
    if (this.#tried.size > 0 && this.#cases.overlaps(first, count)) {
      for (const { first: start, count: length } of this.#cases.within(first, count)) {
        if (start > from) visit(from, start - from);
        for (let i = 0; i < length; i++) visit(start + i, 1);
        from = start + length;
      }
    }
    if (from < first + count) visit(from, first + count - from);
  }
}
