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
    this.#rise(this.#length++, place);
  }

  /** Takes the first one out; there is one. */
  pop(): number {
    return this.#removeAt(0);
  }

  /** The first of those looked at that suit: of many, `most` from the front of the heap and as many from its end. */
  firstSuiting(suits: (place: number) => boolean, most: number): number | undefined {
    let best: number | undefined;
    for (let at = 0; at < this.#length; at++) {
      if (at === most) at = Math.max(at, this.#length - most);
      const place = this.#places[at]!;
      if ((best === undefined || place < best) && suits(place)) best = place;
    }
    return best;
  }

  /** Takes one out that is there. */
  remove(place: number): void {
    this.#removeAt(this.#places.subarray(0, this.#length).indexOf(place));
  }

  #removeAt(from: number): number {
    const heap = this.#places;
    const removed = heap[from]!;
    const last = heap[--this.#length]!;
    if (from === this.#length) return removed;
    if (from > 0 && heap[(from - 1) >> 1]! > last) this.#rise(from, last);
    else this.#sink(from, last);
    return removed;
  }

  /** Puts a place where `from` is, or above it. */
  #rise(from: number, place: number): void {
    const heap = this.#places;
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (heap[parent]! <= place) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = place;
  }

  /** Puts a place where `from` is, or below it. */
  #sink(from: number, place: number): void {
    const heap = this.#places;
    const length = this.#length;
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= length) break;
      if (child + 1 < length && heap[child + 1]! < heap[child]!) child++;
      if (heap[child]! >= place) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = place;
  }
}
