/** Learns costs from features, for cases in bins. */
import type { Bins } from './bins.js';
import { CostFit } from './cost-fit.js';
import { dot, type FeatureModel, type LearnedCosts } from './costs.js';
import type { Deviations } from './fit-sums.js';

/** Results between two fits grow by this part. */
const growth = 1.25;

/** Exponents do not depend on the machine, but a program may change: of earlier results no more than these count. */
const mostEarlier = 2000;

/** Results from which the scatter about the fit is known. */
const enough = 8;

export class CostLearner {
  /** Units of cost of an average case of each bin. */
  units: Float64Array;
  readonly #model: FeatureModel;
  readonly #fit: CostFit;
  /** Logarithms of each feature's mean over each bin. */
  readonly #logs: readonly Float64Array[];
  readonly #centre: ArrayLike<number>;
  #exponents: ArrayLike<number>;
  #fitAt = enough;
  /** Σ 1 / cases of a block, over the results. */
  #inverses = 0;

  constructor(bins: Bins, model: FeatureModel) {
    this.#model = model;
    this.#fit = new CostFit(model.featureCount, limited(model.earlier?.deviations));
    const means = bins.means(
      model.featureCount,
      (first, count) => model.features(first, count),
      (value) => value > 0 && value < Number.POSITIVE_INFINITY,
    );
    this.#logs = means.map((values) => values.map(Math.log));
    this.#centre = model.earlier?.centre ?? this.#logs.map(meanOfNumbers);
    this.#exponents = model.earlier?.exponents ?? new Float64Array(model.featureCount).fill(1);
    this.units = this.#unitsNow();
  }

  /** True when the units of all bins are others now. A few of many blocks are enough. */
  observeBlock(first: number, count: number, elapsedMs: number): boolean {
    const x = this.#model.features(first, count).map((values) => logMean(values, count));
    if (!x.every(Number.isFinite)) return false;
    this.#fit.add(x, Math.log(Math.max(elapsedMs, 1e-6) / count));
    this.#inverses += 1 / count;
    if (this.#fit.results < this.#fitAt) return false;
    this.#fitAt = Math.ceil(this.#fit.results * growth);
    this.solve();
    return true;
  }

  /** Takes all results into account. */
  solve(): void {
    const { exponents, isPredictive } = this.#fit.solve();
    this.#exponents = isPredictive ? exponents : new Float64Array(exponents.length);
    this.units = this.#unitsNow();
  }

  /** Standard deviation of the time of one case, as part of what is predicted; undefined before it is known. */
  get scatter(): number | undefined {
    const { results } = this.#fit;
    // A block of n cases scatters less by √n than its cases do.
    return results < enough
      ? undefined
      : this.#fit.scatterAbout(this.#exponents) / Math.sqrt(this.#inverses / results);
  }

  get learned(): LearnedCosts {
    return { exponents: this.#exponents, centre: this.#centre, deviations: this.#fit.deviations };
  }

  #unitsNow(): Float64Array {
    const units = new Float64Array(this.#logs[0]!.length);
    const scale = -dot(this.#exponents, this.#centre);
    for (let bin = 0; bin < units.length; bin++) {
      let log = scale;
      for (let j = 0; j < this.#logs.length; j++) log += this.#exponents[j]! * this.#logs[j]![bin]!;
      units[bin] = Math.exp(log);
    }
    return units;
  }
}

/** The same slopes with no more weight than they should have. */
function limited(given: Deviations | undefined): Deviations | undefined {
  if (!given || given.results <= mostEarlier) return given;
  const part = mostEarlier / given.results;
  const scaled = (values: ArrayLike<number>): Float64Array =>
    Float64Array.from(values, (value) => value * part);
  return { results: mostEarlier, xx: scaled(given.xx), xy: scaled(given.xy), yy: given.yy * part };
}

function meanOfNumbers(values: Float64Array): number {
  const numbers = values.filter(Number.isFinite);
  return numbers.length === 0 ? 0 : numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
}

function logMean(values: Float64Array, count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += values[i]! > 0 ? values[i]! : Number.NaN;
  return Math.log(sum / count);
}
