/** Cases that may start, by kind of need, each kind in the order in which they should. */
import type { Queues } from './backfill.js';
import type { Amounts, Host } from './hosts.js';
import type { StartOrder } from './order.js';
import { ReadyHeap } from './ready-heap.js';

export class ReadyQueues implements Queues {
  readonly needs: readonly Amounts[];
  readonly heaps: readonly ReadyHeap[];
  readonly #order: StartOrder;
  readonly #isReady: (index: number) => boolean;

  /** `isReady`: a case that has been pushed may end otherwise, or start without being taken from here. */
  constructor(needs: readonly Amounts[], order: StartOrder, isReady: (index: number) => boolean) {
    this.needs = needs;
    this.heaps = needs.map(() => new ReadyHeap());
    this.#order = order;
    this.#isReady = isReady;
  }

  push(kind: number, index: number): void {
    this.heaps[kind]!.push(this.#order.places[index]!);
  }

  readonly caseAt = (place: number): number | undefined => {
    const index = this.#order.cases[place]!;
    return this.#isReady(index) ? index : undefined;
  };

  /** The first case of a kind that may start. */
  first(kind: number): number | undefined {
    const place = this.#firstPlace(kind);
    return place === Number.POSITIVE_INFINITY ? undefined : this.#order.cases[place];
  }

  /** At least as many as there are of a kind. */
  lengthOf(kind: number): number {
    return this.heaps[kind]!.length;
  }

  take(kind: number): number | undefined {
    if (this.#firstPlace(kind) === Number.POSITIVE_INFINITY) return undefined;
    return this.#order.cases[this.heaps[kind]!.pop()];
  }

  /** What occupies nothing keeps nobody waiting. */
  takeNeedless(): number | undefined {
    const kind = this.needs.findIndex((need) => need.every((amount) => amount === 0));
    return kind < 0 ? undefined : this.take(kind);
  }

  /** Kind of the case that should start first of all that this host can hold. */
  bestKind(host: Host): number | undefined {
    let best: number | undefined;
    let bestPlace = Number.POSITIVE_INFINITY;
    for (let kind = 0; kind < this.needs.length; kind++) {
      const place = this.#firstPlace(kind);
      if (place >= bestPlace || !host.canHold(this.needs[kind]!)) continue;
      best = kind;
      bestPlace = place;
    }
    return best;
  }

  /** Cases that have ended otherwise are passed over. */
  #firstPlace(kind: number): number {
    const heap = this.heaps[kind]!;
    while (heap.length > 0 && !this.#isReady(this.#order.cases[heap.first]!)) heap.pop();
    return heap.first;
  }
}
