/** Static distribution by cost, known before the run. */
import type { CostModel } from './costs.js';
import { longestFirst } from './partition.js';
import type { ScheduleRequest } from './scheduler.js';
import { type Share, SharesScheduler } from './static.js';
import { dearestFirst, makeUnits, type Units } from './units.js';
import type { Chunk } from './work-queue.js';

/** Shares of equal cost, as far as longest processing time first makes them so. */
export class LptScheduler extends SharesScheduler {
  constructor(request: ScheduleRequest, model: CostModel) {
    const units = makeUnits(request, model);
    const { owned } = longestFirst(units.costs, dearestFirst(units), request.workers.length);
    super(
      request.workers,
      owned.map((own) => new UnitShare(units, own)),
      request.mostCases,
    );
  }
}

class UnitShare implements Share {
  readonly #units: Units;
  readonly #own: readonly number[];
  #next = 0;
  #remaining: number;

  constructor(units: Units, own: readonly number[]) {
    this.#units = units;
    this.#own = own;
    this.#remaining = own.reduce((sum, unit) => sum + units.counts[unit]!, 0);
  }

  get remaining(): number {
    return this.#remaining;
  }

  /** Units are within `most` already. */
  take(_most: number, out: Chunk): boolean {
    const unit = this.#own[this.#next];
    if (unit === undefined) return false;
    this.#next++;
    out.first = this.#units.firsts[unit]!;
    out.count = this.#units.counts[unit]!;
    this.#remaining -= out.count;
    return true;
  }
}
