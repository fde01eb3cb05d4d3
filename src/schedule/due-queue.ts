/** Cases that wait for a moment, the next one first: a binary heap of numbers. */
export class DueQueue {
  #atMs = new Float64Array(16);
  #cases = new Float64Array(16);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Moment of the next one; Infinity when none waits. */
  get nextMs(): number {
    return this.#length === 0 ? Number.POSITIVE_INFINITY : this.#atMs[0]!;
  }

  push(index: number, atMs: number): void {
    if (this.#length === this.#atMs.length) this.#grow();
    let place = this.#length++;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!this.#isBefore(atMs, index, parent)) break;
      this.#move(parent, place);
      place = parent;
    }
    this.#put(place, index, atMs);
  }

  /** Takes the next one out; there is one. */
  pop(): number {
    const next = this.#cases[0]!;
    const last = --this.#length;
    const atMs = this.#atMs[last]!;
    const index = this.#cases[last]!;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= last) break;
      if (child + 1 < last && this.#isBefore(this.#atMs[child + 1]!, this.#cases[child + 1]!, child)) child++;
      if (this.#isBefore(atMs, index, child)) break;
      this.#move(child, place);
      place = child;
    }
    this.#put(place, index, atMs);
    return next;
  }

  /** Some that wait, the next one among them; for those who watch. */
  sample(most: number): { readonly case: number; readonly atMs: number }[] {
    const length = Math.min(most, this.#length);
    return Array.from({ length }, (_, i) => ({ case: this.#cases[i]!, atMs: this.#atMs[i]! }));
  }

  /** Of one moment, the lower case first. */
  #isBefore(atMs: number, index: number, place: number): boolean {
    const other = this.#atMs[place]!;
    return atMs < other || (atMs === other && index < this.#cases[place]!);
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#cases[from]!, this.#atMs[from]!);
  }

  #put(place: number, index: number, atMs: number): void {
    this.#cases[place] = index;
    this.#atMs[place] = atMs;
  }

  #grow(): void {
    const [atMs, cases] = [this.#atMs, this.#cases];
    this.#atMs = new Float64Array(atMs.length * 2);
    this.#cases = new Float64Array(atMs.length * 2);
    this.#atMs.set(atMs);
    this.#cases.set(cases);
  }
}
