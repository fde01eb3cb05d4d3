/** Dynamic distribution by costs that are learned while the study runs. */
import { CostFit } from './cost-fit.js';
import type { CostModel } from './costs.js';
import { DearestFirstScheduler } from './dearest-first.js';
import type { ScheduleRequest } from './scheduler.js';

/** Results between two fits grow by this part, so that fitting costs little beside any number of results. */
const growth = 1.25;

/** Enough to know a few coefficients by; later results change nothing any more. */
const enough = 20_000;

/**
 * Costs begin as the product of the features, and what is left is put in order
 * anew whenever more results have come. Where features predict nothing, that is the order in which cases were given.
 */
export class LearningScheduler extends DearestFirstScheduler {
  readonly #model: Extract<CostModel, { kind: 'features' }>;
  readonly #fit: CostFit;
  /** Logarithms of each feature's mean over each unit, `[features][units]`. */
  readonly #features: readonly Float64Array[];
  #fitAt = 8;

  constructor(request: ScheduleRequest, model: Extract<CostModel, { kind: 'features' }>) {
    super(request, model);
    this.#model = model;
    this.#fit = new CostFit(model.featureCount);
    const { firsts, counts } = this.units;
    this.#features = Array.from({ length: model.featureCount }, () => new Float64Array(firsts.length));
    for (let unit = 0; unit < firsts.length; unit++) {
      logMeans(model.features(firsts[unit]!, counts[unit]!), counts[unit]!).forEach((value, feature) => {
        this.#features[feature]![unit] = value;
      });
    }
  }

  observeBlock(_worker: number, first: number, count: number, elapsedMs: number): void {
    if (this.#fit.count >= enough || this.waiting.length === 0) return;
    const features = logMeans(this.#model.features(first, count), count);
    if (!features.every(Number.isFinite)) return;
    // A clock that did not move must not be a cost of zero, whose logarithm is none.
    this.#fit.add(features, Math.log(Math.max(elapsedMs, 1e-6) / count));
    if (this.#fit.count < this.#fitAt) return;
    this.#fitAt = Math.ceil(this.#fit.count * growth);
    this.#sortAnew();
  }

  #sortAnew(): void {
    const exponents = this.#fit.solve();
    const { waiting } = this;
    if (!exponents) {
      waiting.sort();
      return;
    }
    const { counts, costs } = this.units;
    for (const unit of waiting) {
      let log = 0;
      for (let j = 0; j < exponents.length; j++) log += exponents[j]! * this.#features[j]![unit]!;
      costs[unit] = counts[unit]! * Math.exp(log);
    }
    waiting.sort((a, b) => compare(costs[b]!, costs[a]!) || a - b);
  }
}

/** Units without a cost come last: their features are missing, and nothing can be said. */
function compare(a: number, b: number): number {
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : -1;
  return Number.isNaN(b) ? 1 : a - b;
}

function logMeans(features: readonly Float64Array[], count: number): number[] {
  return features.map((values) => {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += values[i]! > 0 ? values[i]! : Number.NaN;
    return Math.log(sum / count);
  });
}
