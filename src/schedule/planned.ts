/** Dynamic distribution by costs that are known: a plan for every worker, kept as long as times are what it says. */
import { CostFit } from './cost-fit.js';
import type { FeatureModel, KnownModel } from './costs.js';
import { DearestFirstScheduler } from './dearest-first.js';
import { LargestOf } from './largest-of.js';
import { evenOut, longestFirst } from './partition.js';
import type { ScheduleRequest } from './scheduler.js';

/** With more units a worker, taking the dearest that is left is as good as any plan. */
const mostUnitsPerWorker = 16;

/**
 * Times may scatter by this part about their costs before the plan is given up. In simulations of 256 units on 64
 * workers a plan loses to dearest first from about 4 % on, and errors of costs or speeds that differ show by then.
 */
const scatterLimit = 0.04;

/** Blocks that a scatter is taken from. */
const enough = 8;

/** Results of earlier runs after which costs that they left count as known. */
const enoughEarlier = 64;

/** Whether earlier runs learned costs so well that a plan by them is worth while. */
export function isExact({ earlier, featureCount }: FeatureModel): boolean {
  if (!earlier || earlier.deviations.results < enoughEarlier) return false;
  const { isPredictive, scatter } = new CostFit(featureCount, earlier.deviations).solve();
  return isPredictive && scatter <= scatterLimit;
}

/**
 * Units are dealt out so that all workers end together, which beats dearest first where each gets only a few. Who has
 * done its own helps the one with most left. As soon as times do not follow costs, the dearest unit is next for all.
 */
export class PlannedScheduler extends DearestFirstScheduler {
  readonly #model: KnownModel;
  #plan: Plan | undefined;
  #blocks = 0;
  #mean = 0;
  #squares = 0;

  constructor(request: ScheduleRequest, model: KnownModel) {
    super(request, model);
    this.#model = model;
    // What is taken to learn the scale of times is in nobody's plan.
    if (request.isScaleNeeded || this.order.length > mostUnitsPerWorker * request.workers.length) return;
    this.#plan = new Plan(this.units.costs, this.order, request.workers);
  }

  /** How far the logarithm of time over cost is from its mean. */
  observeBlock(_worker: number, first: number, count: number, elapsedMs: number, isMeasured: boolean): void {
    if (!this.#plan || !isMeasured) return;
    const cost = this.#model.costs(first, count).reduce((sum, own) => sum + own, 0);
    const log = Math.log(Math.max(elapsedMs, 1e-6) / cost);
    if (!Number.isFinite(log)) return;
    this.#blocks++;
    const difference = log - this.#mean;
    this.#mean += difference / this.#blocks;
    this.#squares += difference * (log - this.#mean);
    if (this.#blocks >= enough && Math.sqrt(this.#squares / (this.#blocks - 1)) > scatterLimit) {
      this.#plan = undefined;
    }
  }

  protected override choose(worker: number): number {
    return this.#plan?.choose(worker) ?? super.choose(worker);
  }
}

class Plan {
  readonly #costs: Float64Array;
  readonly #owned: readonly number[][];
  readonly #nexts: Uint32Array;
  readonly #places: ReadonlyMap<number, number>;
  readonly #left: LargestOf;
  readonly #loads: Float64Array;

  constructor(costs: Float64Array, order: Uint32Array, workers: readonly number[]) {
    const partition = longestFirst(costs, order, workers.length);
    evenOut(costs, partition);
    this.#costs = costs;
    this.#owned = partition.owned;
    this.#loads = partition.loads;
    this.#nexts = new Uint32Array(workers.length);
    this.#left = new LargestOf(Array.from(partition.loads));
    this.#places = new Map(workers.map((worker, place) => [worker, place]));
  }

  choose(worker: number): number | undefined {
    const own = this.#places.get(worker);
    const place = own !== undefined && this.#nexts[own]! < this.#owned[own]!.length ? own : this.#left.place;
    const unit = this.#owned[place]![this.#nexts[place]!];
    if (unit === undefined) return undefined;
    this.#nexts[place]!++;
    this.#loads[place]! -= this.#costs[unit]!;
    const isDone = this.#nexts[place] === this.#owned[place]!.length;
    // What rounding leaves, or a unit that costs nothing, must not make an empty share look like the fullest.
    this.#left.set(place, isDone ? -1 : Math.max(0, this.#loads[place]!));
    return unit;
  }
}
