/** A value that changes, as an async iterator: a slow reader sees the newest and not all. */
export class Latest<T> {
  #value: { readonly value: T } | undefined;
  #isEnded = false;
  readonly #waiting = new Set<() => void>();

  set(value: T): void {
    this.#value = { value };
    this.#wake();
  }

  /** Readers get what they have not seen, and then end. */
  end(): void {
    this.#isEnded = true;
    this.#wake();
  }

  async *values(): AsyncGenerator<T, void> {
    let seen: { readonly value: T } | undefined;
    for (;;) {
      const now = this.#value;
      if (now !== undefined && now !== seen) {
        seen = now;
        yield now.value;
      } else if (this.#isEnded) {
        return;
      } else {
        await new Promise<void>((resolve) => this.#waiting.add(resolve));
      }
    }
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}
