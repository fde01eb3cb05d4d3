/**
 * How a relay waits: for the coordinator by looking, for its child by a wait that blocks while an answer of either may
 * come at once, and by the event loop else. The child computes on the same cores, so that looking without a rest is for
 * the moment in which the coordinator answers.
 */

/** The coordinator answers within this time when it is not busy. */
const eagerMs = 0.2;

/** What the child was given is computed within this time, or the event loop is no delay that counts. */
const directMs = 1;

/** The event loop has its turn after this time at the latest: it looks at the child's time and memory. */
const turnMs = 2;

/** Then looks are this far apart, and farther once nothing has come for a while. */
const restMs = 1;
const idleMs = 50;
const idleRestMs = 5;

export class RelayPause {
  #eagerUntil = 0;
  #directUntil = 0;
  #turned = performance.now();
  #since = 0;
  #wake: (() => void) | undefined;

  /** Something was sent that the coordinator may answer. */
  expect(): void {
    this.#eagerUntil = performance.now() + eagerMs;
    this.#directUntil = 0;
    this.#wake?.();
  }

  /** A message came from the coordinator: the next one is most likely the child's. */
  found(): void {
    this.#eagerUntil = 0;
    this.#directUntil = performance.now() + directMs;
    this.#since = 0;
  }

  /** For how long, whole milliseconds, to wait for the child on this very thread; undefined when it is the event loop's turn. */
  direct(): number | undefined {
    const now = performance.now();
    if (now > this.#turned + turnMs) return undefined;
    if (now < this.#eagerUntil) return 0;
    return now < this.#directUntil ? directMs : undefined;
  }

  /** Resolves when it is time to look again; what the child says is handled meanwhile. */
  async rest(): Promise<void> {
    await this.#turn();
    this.#turned = performance.now();
  }

  #turn(): Promise<void> {
    const now = performance.now();
    if (now < this.#eagerUntil || now < this.#directUntil) {
      return new Promise((resolve) => setImmediate(resolve));
    }
    if (this.#since === 0) this.#since = now;
    const ms = now - this.#since > idleMs ? idleRestMs : restMs;
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#wake?.(), ms);
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
    });
  }
}
