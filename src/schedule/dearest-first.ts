/** Dynamic distribution by cost: whoever is free takes the dearest unit that is left. */
import type { CostModel } from './costs.js';
import type { ScheduleRequest, Scheduler } from './scheduler.js';
import { dearestFirst, makeUnits, type Units } from './units.js';
import { type Chunk, WorkQueue } from './work-queue.js';

/** List scheduling in the order of costs: what workers' speeds do to the plan is made good while it runs. */
export class DearestFirstScheduler implements Scheduler {
  readonly takesBack = 'anything';
  protected readonly units: Units;
  protected readonly order: Uint32Array;
  /** 1 for units that are handed out. */
  readonly #isTaken: Uint8Array;
  readonly #returned = new WorkQueue();
  readonly #mostCases: number;
  #next = 0;
  /** Behind the last unit of the order that is not handed out, while the scale of times is to be learned. */
  #last: number;
  #isScaleNeeded: boolean;
  #remaining = 0;

  constructor(request: ScheduleRequest, model: CostModel) {
    this.units = makeUnits(request, model);
    this.order = dearestFirst(this.units);
    this.#isTaken = new Uint8Array(this.order.length);
    this.#last = this.order.length;
    this.#isScaleNeeded = request.isScaleNeeded ?? false;
    this.#mostCases = request.mostCases;
    for (const count of this.units.counts) this.#remaining += count;
  }

  get remaining(): number {
    return this.#remaining + this.#returned.total;
  }

  next(worker: number, out: Chunk): boolean {
    if (this.#returned.take(this.#mostCases, out)) return true;
    if (this.#remaining === 0) return false;
    const unit = this.#isScaleNeeded ? this.#cheapest() : this.choose(worker);
    const { firsts, counts, costs } = this.units;
    out.first = firsts[unit]!;
    out.count = this.cut(unit);
    this.#remaining -= out.count;
    if (out.count === counts[unit]) {
      this.#isTaken[unit] = 1;
      return true;
    }
    costs[unit]! *= 1 - out.count / counts[unit]!;
    firsts[unit]! += out.count;
    counts[unit]! -= out.count;
    return true;
  }

  giveBack(first: number, count: number): void {
    this.#returned.addFront(first, count);
  }

  /** The sizes of units follow from costs, not from times. */
  observe(_count: number, _elapsedMs: number): void {
    this.#isScaleNeeded = false;
  }

  release(_worker: number): void {
    // Nothing is kept for a worker: the one order serves all.
  }

  /** A unit that is not handed out; there is one. */
  protected choose(_worker: number): number {
    while (this.#isTaken[this.order[this.#next]!] === 1) this.#next++;
    return this.order[this.#next]!;
  }

  /** Units without a cost, of which nothing is known, would teach nothing: they lie at the end, and come when all others have. */
  #cheapest(): number {
    const { costs } = this.units;
    const isTaught = (unit: number): boolean => this.#isTaken[unit] === 0 && costs[unit]! > 0;
    for (; this.#last > 0; this.#last--) {
      const unit = this.order[this.#last - 1]!;
      if (isTaught(unit)) return unit;
    }
    return this.order.find((unit) => this.#isTaken[unit] === 0)!;
  }

  /** How many cases of a unit to hand out, from its beginning; what is left of it is next. */
  protected cut(unit: number): number {
    return this.units.counts[unit]!;
  }

  /** Units that are not handed out, as a part of `order`: to be put in another order. */
  protected get waiting(): Uint32Array {
    return this.order.subarray(this.#next + (this.#isTaken[this.order[this.#next]!] === 1 ? 1 : 0));
  }
}
