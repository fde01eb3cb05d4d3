/** What is known of the cost of cases before they are computed. */
import { CostFit } from './cost-fit.js';
import type { Deviations } from './fit-sums.js';

/** Evaluated where the scheduler runs, for any range of cases; arrays are the caller's. */
export type CostModel =
  /** Costs in any unit, `[count]`. */
  | { readonly kind: 'known'; costs(first: number, count: number): Float64Array }
  /** Numbers that costs depend on, each `[count]`; how, is learned from the first results. */
  | {
      readonly kind: 'features';
      readonly featureCount: number;
      features(first: number, count: number): readonly Float64Array[];
      /** What runs before this one learned. */
      readonly earlier?: Deviations;
    };

export type FeatureModel = Extract<CostModel, { kind: 'features' }>;
export type KnownModel = Extract<CostModel, { kind: 'known' }>;

/**
 * Costs before this run has measured anything: those of a formula; else by what earlier runs learned, or the product of
 * the features. Where features predict nothing, all cases cost the same.
 */
export function expectedCosts(model: CostModel): KnownModel {
  if (model.kind === 'known') return model;
  const { exponents, isPredictive } = new CostFit(model.featureCount, model.earlier).solve();
  return {
    kind: 'known',
    costs: (first, count) => {
      const product = new Float64Array(count).fill(1);
      if (!isPredictive) return product;
      model.features(first, count).forEach((feature, j) => {
        for (let i = 0; i < count; i++) {
          product[i]! *= feature[i]! > 0 ? feature[i]! ** exponents[j]! : Number.NaN;
        }
      });
      return product;
    },
  };
}

/** A cost must be a finite number and not negative, a feature positive as well; others count as missing. */
export function isCost(value: number): boolean {
  return value >= 0 && value < Number.POSITIVE_INFINITY;
}
