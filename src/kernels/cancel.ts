/** A wish to stop, as an AbortSignal that code sees even while it keeps the event loop busy. */

const aborted = Object.getOwnPropertyDescriptor(AbortSignal.prototype, 'aborted')?.get as () => boolean;

export class CancelSource {
  readonly signal: AbortSignal;
  readonly #controller = new AbortController();
  readonly #isAsked: () => boolean;

  /** `isAsked` is looked at whenever somebody looks at the signal: a flag in memory that another process sets. */
  constructor(isAsked: () => boolean = () => false) {
    this.#isAsked = isAsked;
    const { signal } = this.#controller;
    // The signal's own events need a turn of the event loop, which a kernel that computes does not give.
    Object.defineProperty(signal, 'aborted', { get: () => this.isCancelled });
    Object.defineProperty(signal, 'throwIfAborted', {
      value: () => {
        if (this.isCancelled) throw signal.reason;
      },
    });
    this.signal = signal;
  }

  cancel(): void {
    if (!aborted.call(this.#controller.signal)) this.#controller.abort();
  }

  get isCancelled(): boolean {
    if (aborted.call(this.#controller.signal)) return true;
    if (!this.#isAsked()) return false;
    this.#controller.abort();
    return true;
  }
}
