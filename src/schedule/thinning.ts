/** Each of the first this many is taken, then every second one for as many, every fourth, … */
const allOf = 1000;

/** Chooses ever fewer of many, so that looking at those chosen costs little beside any number of them. */
export class Thinning {
  #taken = 0;
  #stride = 1;
  #left = 1;

  /** Whether the next one is taken. */
  take(): boolean {
    if (--this.#left > 0) return false;
    if (++this.#taken % allOf === 0) this.#stride *= 2;
    this.#left = this.#stride;
    return true;
  }
}
