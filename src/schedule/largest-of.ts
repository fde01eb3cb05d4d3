/** Which of many changing numbers is the largest: a tournament, so that a change costs the logarithm of their number. */
export class LargestOf {
  /** Leaves from `#width` on, each number above the larger of the two below it. */
  #tree: Float64Array;
  #width: number;
  #length: number;

  constructor(values: readonly number[]) {
    this.#length = values.length;
    this.#width = 1;
    while (this.#width < values.length) this.#width *= 2;
    this.#tree = new Float64Array(2 * this.#width);
    this.#fill(values);
  }

  /** Place of the largest, of equal ones the first. */
  get place(): number {
    let node = 1;
    while (node < this.#width) {
      node *= 2;
      if (this.#tree[node + 1]! > this.#tree[node]!) node++;
    }
    return node - this.#width;
  }

  set(place: number, value: number): void {
    const tree = this.#tree;
    let node = this.#width + place;
    tree[node] = value;
    for (node >>= 1; node >= 1; node >>= 1) {
      const larger = Math.max(tree[2 * node]!, tree[2 * node + 1]!);
      if (tree[node] === larger) return;
      tree[node] = larger;
    }
  }

  push(value: number): void {
    if (this.#length === this.#width) {
      const values = Array.from(this.#tree.subarray(this.#width));
      this.#width *= 2;
      this.#tree = new Float64Array(2 * this.#width);
      this.#fill(values);
    }
    this.set(this.#length++, value);
  }

  #fill(values: readonly number[]): void {
    this.#tree.set(values, this.#width);
    for (let node = this.#width - 1; node >= 1; node--) {
      this.#tree[node] = Math.max(this.#tree[2 * node]!, this.#tree[2 * node + 1]!);
    }
  }
}
