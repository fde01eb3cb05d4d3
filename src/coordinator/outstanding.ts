/** The ranges that one worker has been given and not returned yet, in the order given: a ring that allocates nothing. */
export class Outstanding {
  #firsts = new Float64Array(16);
  #counts = new Uint32Array(16);
  #attempts = new Uint32Array(16);
  #head = 0;
  #length = 0;
  #cases = 0;

  get length(): number {
    return this.#length;
  }

  /** Cases in all ranges. */
  get cases(): number {
    return this.#cases;
  }

  get headFirst(): number {
    return this.#firsts[this.#head] as number;
  }

  get headCount(): number {
    return this.#counts[this.#head] as number;
  }

  get headAttempt(): number {
    return this.#attempts[this.#head] as number;
  }

  push(first: number, count: number, attempt: number): void {
    if (this.#length === this.#firsts.length) this.#grow();
    const at = (this.#head + this.#length) % this.#firsts.length;
    this.#firsts[at] = first;
    this.#counts[at] = count;
    this.#attempts[at] = attempt;
    this.#length++;
    this.#cases += count;
  }

  /** Takes `count` cases from `first` off the head; false when that is not what the worker has to return next. */
  complete(first: number, count: number): boolean {
    if (this.#length === 0 || this.headFirst !== first || count > this.headCount) return false;
    this.#cases -= count;
    if (count === this.headCount) {
      this.#head = (this.#head + 1) % this.#firsts.length;
      this.#length--;
    } else {
      this.#firsts[this.#head] = first + count;
      this.#counts[this.#head] = this.headCount - count;
    }
    return true;
  }

  #grow(): void {
    const size = this.#firsts.length;
    const order = Array.from({ length: size }, (_, i) => (this.#head + i) % size);
    const firsts = new Float64Array(size * 2);
    const counts = new Uint32Array(size * 2);
    const attempts = new Uint32Array(size * 2);
    order.forEach((from, to) => {
      firsts[to] = this.#firsts[from] as number;
      counts[to] = this.#counts[from] as number;
      attempts[to] = this.#attempts[from] as number;
    });
    this.#firsts = firsts;
    this.#counts = counts;
    this.#attempts = attempts;
    this.#head = 0;
  }
}
