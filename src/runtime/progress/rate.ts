/** The rate is taken over this time: long enough to be steady, short enough to be of now. */
const windowMs = 5_000;
/** Fewer cases than this in the window say little: it then reaches further back. */
const fewCases = 8;

interface Sample {
  readonly ms: number;
  readonly done: number;
}

/** Cases a second, over the last seconds, or over the last few cases where these take longer. */
export class Rate {
  #recent: Sample[] = [];
  /** Behind the window: the first sample of each count. */
  #older: Sample[] = [];

  /** Forgets what was: the time until ranks have come up is no sign of their speed. */
  restart(ms: number, done: number): void {
    this.#recent = [{ ms, done }];
    this.#older = [];
  }

  add(ms: number, done: number): void {
    const recent = this.#recent;
    recent.push({ ms, done });
    for (let oldest = recent[0]; oldest && ms - oldest.ms > windowMs; oldest = recent[0]) {
      recent.shift();
      if (this.#older.at(-1)?.done !== oldest.done) this.#older.push(oldest);
    }
    if (this.#older.length > fewCases) this.#older.splice(0, this.#older.length - fewCases);
  }

  perSecond(): number {
    const last = this.#recent.at(-1);
    let base = this.#recent[0];
    if (!last || !base) return 0;
    for (let i = this.#older.length - 1; i >= 0 && last.done - base.done < fewCases; i--) {
      base = this.#older[i] as Sample;
    }
    return last.ms > base.ms ? ((last.done - base.done) / (last.ms - base.ms)) * 1000 : 0;
  }
}
