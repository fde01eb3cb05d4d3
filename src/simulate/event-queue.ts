/** Simulated time: what happens next, events of one moment in the order in which they were planned. */

interface Event {
  readonly atMs: number;
  readonly order: number;
  readonly happen: () => void;
}

export class EventQueue {
  /** A binary heap, the next event first. */
  readonly #heap: Event[] = [];
  #planned = 0;
  #nowMs = 0;

  get nowMs(): number {
    return this.#nowMs;
  }

  /** Plans an event; one that is planned for the past happens now. */
  at(atMs: number, happen: () => void): void {
    const heap = this.#heap;
    const event = { atMs: Math.max(atMs, this.#nowMs), order: this.#planned++, happen };
    let place = heap.length;
    heap.push(event);
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!isBefore(event, heap[parent]!)) break;
      heap[place] = heap[parent]!;
      place = parent;
    }
    heap[place] = event;
  }

  /** Lets the next event happen; false when none is planned. */
  step(): boolean {
    const heap = this.#heap;
    const next = heap[0];
    const last = heap.pop();
    if (!next || !last) return false;
    if (heap.length > 0) this.#sink(last);
    this.#nowMs = next.atMs;
    next.happen();
    return true;
  }

  #sink(event: Event): void {
    const heap = this.#heap;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!isBefore(heap[child]!, event)) break;
      heap[place] = heap[child]!;
      place = child;
    }
    heap[place] = event;
  }
}

function isBefore(a: Event, b: Event): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
