/** One thread in simulated time: what arrives waits in a queue, and is handled in turns. */
import type { EventQueue } from './event-queue.js';

/** As of the transports: messages read before workers are answered. */
const drainLimit = 64;

export class Thread<Arrival> {
  /** The thread's own clock, ahead of the world's while it works. */
  clockMs = 0;
  busyMs = 0;
  readonly #time: EventQueue;
  readonly #handle: (arrival: Arrival) => void;
  readonly #drained: (isEmpty: boolean) => void;
  readonly #waiting: Arrival[] = [];
  #head = 0;
  #isTurnPlanned = false;

  /** `drained` follows each turn; `isEmpty`: nothing waits any more. */
  constructor(time: EventQueue, handle: (arrival: Arrival) => void, drained: (isEmpty: boolean) => void) {
    this.#time = time;
    this.#handle = handle;
    this.#drained = drained;
  }

  arrive(arrival: Arrival): void {
    this.#waiting.push(arrival);
    this.#planTurn();
  }

  #planTurn(): void {
    if (this.#isTurnPlanned) return;
    this.#isTurnPlanned = true;
    this.#time.at(this.clockMs, () => {
      this.#isTurnPlanned = false;
      this.#turn();
    });
  }

  #turn(): void {
    this.clockMs = this.#time.nowMs;
    const startedMs = this.clockMs;
    const end = Math.min(this.#waiting.length, this.#head + drainLimit);
    while (this.#head < end) this.#handle(this.#waiting[this.#head++] as Arrival);
    const isEmpty = this.#head === this.#waiting.length;
    if (isEmpty) {
      this.#waiting.length = 0;
      this.#head = 0;
    }
    this.#drained(isEmpty);
    this.busyMs += this.clockMs - startedMs;
    if (!isEmpty) this.#planTurn();
  }
}
