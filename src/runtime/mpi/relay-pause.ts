/**
 * How a relay waits: for the coordinator by looking, for its child by the event loop. The child computes on the same
 * cores, so that looking without a rest is for the moment in which an answer comes.
 */

/** The coordinator answers within this time when it is not busy. */
const eagerMs = 0.2;

/** Then looks are this far apart, and farther once nothing has come for a while. */
const restMs = 1;
const idleMs = 50;
const idleRestMs = 5;

export class RelayPause {
  #eagerUntil = 0;
  #since = 0;
  #wake: (() => void) | undefined;

  /** Something was sent that the coordinator may answer. */
  expect(): void {
    this.#eagerUntil = performance.now() + eagerMs;
    this.#wake?.();
  }

  /** A message came from the coordinator: the next one is most likely the child's. */
  found(): void {
    this.#eagerUntil = 0;
    this.#since = 0;
  }

  /** Resolves when it is time to look again; what the child says is handled meanwhile. */
  rest(): Promise<void> {
    const now = performance.now();
    if (now < this.#eagerUntil) return new Promise((resolve) => setImmediate(resolve));
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
