/** The single cores, or GPUs, of a host: which of them a case has, whole or in parts. */

/** So much of one of them, in thousandths. */
export interface Part<Name> {
  readonly name: Name;
  readonly amount: number;
}

/** Thousandths of one. */
const whole = 1000;

export class Pool<Name> {
  /** What is free of each that has been shown, in the order of showing. */
  readonly #free = new Map<Name, number>();

  show(names: Iterable<Name>): void {
    for (const name of names) if (!this.#free.has(name)) this.#free.set(name, whole);
  }

  /** Nobody has said which there are: then amounts alone are counted. */
  get isUnknown(): boolean {
    return this.#free.size === 0;
  }

  /** Whether there are so many free ones, the part of one being on one of them. */
  fits(amount: number): boolean {
    return this.isUnknown || this.#choose(amount) !== undefined;
  }

  /** Takes what `fits` said is there; nothing of an unknown pool. */
  take(amount: number): readonly Part<Name>[] {
    const parts = this.#choose(amount) ?? [];
    for (const { name, amount: taken } of parts) this.#free.set(name, this.#free.get(name)! - taken);
    return parts;
  }

  giveBack(parts: readonly Part<Name>[]): void {
    for (const { name, amount } of parts) this.#free.set(name, this.#free.get(name)! + amount);
  }

  /** The first ones that are wholly free; for a part of one that with the least left that suffices. */
  #choose(amount: number): readonly Part<Name>[] | undefined {
    const wholes = Math.floor(amount / whole);
    const rest = amount - wholes * whole;
    const parts: Part<Name>[] = [];
    let shared: { readonly name: Name; readonly free: number } | undefined;
    for (const [name, free] of this.#free) {
      if (free === whole && parts.length < wholes) parts.push({ name, amount: whole });
      else if (rest > 0 && free >= rest && free < (shared?.free ?? Number.POSITIVE_INFINITY)) {
        shared = { name, free };
      }
    }
    if (parts.length < wholes || (rest > 0 && !shared)) return undefined;
    return shared ? [...parts, { name: shared.name, amount: rest }] : parts;
  }
}
