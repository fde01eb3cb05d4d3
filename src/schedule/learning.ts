/** Dynamic distribution by costs that are learned while the study runs. */
import { CostFit, type Running } from './cost-fit.js';
import type { FeatureModel } from './costs.js';
import { DearestFirstScheduler } from './dearest-first.js';
import type { ScheduleRequest } from './scheduler.js';
import { unitsPerShare } from './units.js';
import type { Chunk } from './work-queue.js';

/** Results between two fits grow by this part, so that fitting costs little beside any number of results. */
const growth = 1.25;

/** Enough to know a few coefficients by; later results change nothing any more. */
const enough = 20_000;

/**
 * Costs begin as earlier runs left them, or as the product of the features, and what is left is put in order
 * anew whenever more results have come. Where features predict nothing, that is the order in which cases were given.
 */
export class LearningScheduler extends DearestFirstScheduler {
  readonly #model: FeatureModel;
  readonly #fit: CostFit;
  /** Logarithms of each feature's mean over each unit, `[features][units]`. */
  readonly #features: readonly Float64Array[];
  readonly #workers = new Map<number, Worker>();
  /** Time that the worker has computed that has computed longest: nearly what has passed since the beginning. */
  #passedMs = 0;
  #fitAt = 8;
  /** Most that a unit may cost, as part of all that is left. */
  readonly #unitPart: number;
  /** Costs of what of each unit is handed out at once, by the last fit. */
  readonly #keys: Float64Array;
  /** Cost above which a unit is handed out in parts. */
  #mostCost = Number.POSITIVE_INFINITY;

  constructor(request: ScheduleRequest, model: FeatureModel) {
    super(request, model);
    this.#model = model;
    this.#fit = new CostFit(model.featureCount, model.earlier?.deviations);
    this.#unitPart =
      request.chunk === 'auto' ? 1 / (unitsPerShare * request.workers.length) : Number.POSITIVE_INFINITY;
    const { firsts, counts } = this.units;
    this.#keys = new Float64Array(firsts.length);
    this.#features = Array.from({ length: model.featureCount }, () => new Float64Array(firsts.length));
    for (let unit = 0; unit < firsts.length; unit++) {
      logMeans(model.features(firsts[unit]!, counts[unit]!), counts[unit]!).forEach((value, feature) => {
        this.#features[feature]![unit] = value;
      });
    }
  }

  override next(worker: number, out: Chunk): boolean {
    if (!super.next(worker, out)) return false;
    const own = this.#workers.get(worker) ?? { busyMs: this.#passedMs, held: 0, latest: 0 };
    own.held += out.count;
    own.latest = out.first;
    this.#workers.set(worker, own);
    return true;
  }

  override release(worker: number): void {
    this.#workers.delete(worker);
  }

  observeBlock(worker: number, first: number, count: number, elapsedMs: number, isMeasured: boolean): void {
    const own = this.#workers.get(worker);
    if (own) {
      own.busyMs += elapsedMs;
      // A suspect comes past the scheduler, to a worker that holds nothing.
      own.held = Math.max(0, own.held - count);
      this.#passedMs = Math.max(this.#passedMs, own.busyMs);
    }
    if (!isMeasured || this.#fit.results >= enough || this.waiting.length === 0) return;
    const features = logMeans(this.#model.features(first, count), count);
    if (!features.every(Number.isFinite)) return;
    this.#fit.add(features, logTime(elapsedMs / count));
    if (this.#fit.results < this.#fitAt) return;
    this.#fitAt = Math.ceil(this.#fit.results * growth);
    this.#sortAnew();
  }

  /** Units were made before anything was measured: some turn out dearer than one unit should be. */
  protected override cut(unit: number): number {
    const { counts, costs } = this.units;
    const count = counts[unit]!;
    if (!(costs[unit]! > this.#mostCost)) return count;
    return Math.max(1, Math.floor((count * this.#mostCost) / costs[unit]!));
  }

  #sortAnew(): void {
    const { exponents, isPredictive } = this.#fit.solve(this.#running());
    const { waiting } = this;
    const { counts, costs } = this.units;
    let sum = 0;
    for (const unit of waiting) {
      let log = 0;
      for (let j = 0; isPredictive && j < exponents.length; j++) {
        log += exponents[j]! * this.#features[j]![unit]!;
      }
      costs[unit] = counts[unit]! * Math.exp(log);
      if (costs[unit]! > 0) sum += costs[unit]!;
    }
    this.#mostCost = sum * this.#unitPart;
    if (!isPredictive) {
      waiting.sort();
      return;
    }
    for (const unit of waiting) this.#keys[unit] = (costs[unit]! / counts[unit]!) * this.cut(unit);
    waiting.sort((a, b) => compare(this.#keys[b]!, this.#keys[a]!) || a - b);
  }

  /** Cases that workers compute who hold one each. Of those who hold more, the results come soon. */
  #running(): Running[] {
    const list: Running[] = [];
    for (const { busyMs, held, latest } of this.#workers.values()) {
      if (held !== 1) continue;
      const x = logMeans(this.#model.features(latest, 1), 1);
      if (x.every(Number.isFinite)) list.push({ x, y: logTime(this.#passedMs - busyMs) });
    }
    return list;
  }
}

/** What one worker has returned and has not. */
interface Worker {
  /** Time it has computed, from the beginning of the run on. */
  busyMs: number;
  /** Cases that it has been given and has not returned. */
  held: number;
  /** First case of what it was given last. */
  latest: number;
}

/** Units without a cost come last: their features are missing, and nothing can be said. */
function compare(a: number, b: number): number {
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : -1;
  return Number.isNaN(b) ? 1 : a - b;
}

/** A clock that did not move must not be a cost of zero, whose logarithm is none. */
function logTime(ms: number): number {
  return Math.log(Math.max(ms, 1e-6));
}

function logMeans(features: readonly Float64Array[], count: number): number[] {
  return features.map((values) => {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += values[i]! > 0 ? values[i]! : Number.NaN;
    return Math.log(sum / count);
  });
}
