/** Ranges of cases in order, taken from the front: a ring of numbers that allocates nothing once it is large enough. */
export class RangeRing {
  #firsts = new Float64Array(16);
  #counts = new Uint32Array(16);
  #attempts = new Uint32Array(16);
  #head = 0;
  #length = 0;

  /** Ranges in the ring. */
  get length(): number {
    return this.#length;
  }

  /** Cases in all ranges. */
  get cases(): number {
    let sum = 0;
    for (let i = 0; i < this.#length; i++) {
      sum += this.#counts[(this.#head + i) & (this.#counts.length - 1)] as number;
    }
    return sum;
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
    const at = (this.#head + this.#length) & (this.#firsts.length - 1);
    this.#firsts[at] = first;
    this.#counts[at] = count;
    this.#attempts[at] = attempt;
    this.#length++;
  }

  /** Takes `count` cases, at most the head's, off the front. */
  take(count: number): void {
    const left = this.headCount - count;
    if (left > 0) {
      this.#firsts[this.#head] = this.headFirst + count;
      this.#counts[this.#head] = left;
    } else {
      this.#head = (this.#head + 1) & (this.#firsts.length - 1);
      this.#length--;
    }
  }

  get tailFirst(): number {
    return this.#firsts[this.#tail] as number;
  }

  get tailCount(): number {
    return this.#counts[this.#tail] as number;
  }

  get tailAttempt(): number {
    return this.#attempts[this.#tail] as number;
  }

  /** Takes these cases off the end; false when the last range does not end with them. */
  takeTail(first: number, count: number): boolean {
    if (this.#length === 0 || count > this.tailCount || first + count !== this.tailFirst + this.tailCount) {
      return false;
    }
    this.takeBack(count);
    return true;
  }

  /** Takes the last `count` cases, at most the last range's, off the end. */
  takeBack(count: number): void {
    if (count < this.tailCount) this.#counts[this.#tail] = this.tailCount - count;
    else this.#length--;
  }

  /**
   * Takes the cases from `first` on off the front, through ranges that follow one another. How many ranges ended with
   * that; -1 when the front is not these cases.
   */
  takeRun(first: number, count: number): number {
    let ended = 0;
    for (let left = count; left > 0; ) {
      if (this.#length === 0 || this.headFirst !== first + (count - left)) return -1;
      const part = Math.min(left, this.headCount);
      if (part === this.headCount) ended++;
      this.take(part);
      left -= part;
    }
    return ended;
  }

  /** Drops the ranges in front of the one that begins with case `first`; false, and nothing dropped, when none does. */
  skipTo(first: number): boolean {
    for (let i = 0; i < this.#length; i++) {
      const at = (this.#head + i) & (this.#firsts.length - 1);
      if (this.#firsts[at] !== first) continue;
      this.#head = at;
      this.#length -= i;
      return true;
    }
    return false;
  }

  *entries(): Generator<{ readonly first: number; readonly count: number; readonly attempt: number }> {
    for (let i = 0; i < this.#length; i++) {
      const at = (this.#head + i) & (this.#firsts.length - 1);
      yield { first: this.#firsts[at]!, count: this.#counts[at]!, attempt: this.#attempts[at]! };
    }
  }

  /** The first `most` cases, as ranges of their own. */
  front(most: number): { readonly first: number; readonly count: number }[] {
    const ranges: { first: number; count: number }[] = [];
    for (let i = 0, left = most; i < this.#length && left > 0; i++) {
      const at = (this.#head + i) & (this.#firsts.length - 1);
      const count = Math.min(left, this.#counts[at] as number);
      ranges.push({ first: this.#firsts[at] as number, count });
      left -= count;
    }
    return ranges;
  }

  clear(): void {
    this.#head = 0;
    this.#length = 0;
  }

  get #tail(): number {
    return (this.#head + this.#length - 1) & (this.#firsts.length - 1);
  }

  /** The length of the arrays is a power of two, so that places wrap by a mask. */
  #grow(): void {
    const size = this.#firsts.length;
    const firsts = new Float64Array(size * 2);
    const counts = new Uint32Array(size * 2);
    const attempts = new Uint32Array(size * 2);
    for (let to = 0; to < size; to++) {
      const from = (this.#head + to) & (size - 1);
      firsts[to] = this.#firsts[from] as number;
      counts[to] = this.#counts[from] as number;
      attempts[to] = this.#attempts[from] as number;
    }
    this.#firsts = firsts;
    this.#counts = counts;
    this.#attempts = attempts;
    this.#head = 0;
  }
}
