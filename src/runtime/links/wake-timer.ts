/** The coordinator's clock and its one alarm. */

/** Longer ones overflow Node's timers; whoever is woken early asks again. */
const longestMs = 2 ** 31 - 1;

export class WakeTimer {
  readonly #onTime: () => void;
  #timer: NodeJS.Timeout | undefined;
  #atMs = Number.POSITIVE_INFINITY;

  constructor(onTime: () => void) {
    this.#onTime = onTime;
  }

  /** Does not jump when somebody sets the clock of the machine. */
  nowMs(): number {
    return performance.now();
  }

  wakeAt(atMs: number): void {
    if (atMs >= this.#atMs) return;
    this.close();
    this.#atMs = atMs;
    const waitMs = Math.min(longestMs, Math.max(0, Math.ceil(atMs - performance.now())));
    this.#timer = setTimeout(() => {
      this.#atMs = Number.POSITIVE_INFINITY;
      this.#onTime();
    }, waitMs);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#atMs = Number.POSITIVE_INFINITY;
  }
}
