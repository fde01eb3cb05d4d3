/** Cases that may start, by their place in the order in which they should: a binary heap of whole numbers. */
export class ReadyHeap {
  #places = new Uint32Array(16);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** The first of them; Infinity when there is none. */
  get first(): number {
    return this.#length === 0 ? Number.POSITIVE_INFINITY : this.#places[0]!;
  }

  push(place: number): void {
    if (this.#length === this.#places.length) {
      const places = new Uint32Array(this.#length * 2);
      places.set(this.#places);
      this.#places = places;
    }
    const heap = this.#places;
    let at = this.#length++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (heap[parent]! <= place) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = place;
  }

  /** Takes the first one out; there is one. */
  pop(): number {
    const heap = this.#places;
    const first = heap[0]!;
    const length = --this.#length;
    const last = heap[length]!;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= length) break;
      if (child + 1 < length && heap[child + 1]! < heap[child]!) child++;
      if (heap[child]! >= last) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}
