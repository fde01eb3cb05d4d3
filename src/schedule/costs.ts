/** What is known of the cost of cases before they are computed. */
import type { Deviations } from './fit-sums.js';

/** Evaluated where the scheduler runs, for any range of cases; arrays are the caller's. */
export type CostModel =
  /** Costs in any unit, `[count]`. */
  | {
      readonly kind: 'known';
      costs(first: number, count: number): Float64Array;
      /** Time of a unit of cost, where earlier runs measured it. */
      readonly msPerUnit?: number;
    }
  /** Numbers that costs depend on, each `[count]`; how, is learned from the first results. */
  | {
      readonly kind: 'features';
      readonly featureCount: number;
      features(first: number, count: number): readonly Float64Array[];
      /** From runs before this one. */
      readonly earlier?: LearnedCosts;
      /** Only beside `earlier`. */
      readonly msPerUnit?: number;
    };

export type KnownModel = Extract<CostModel, { kind: 'known' }>;
export type FeatureModel = Extract<CostModel, { kind: 'features' }>;

/** What a run learned of how costs depend on features: a unit of cost is a product of powers of features over their centres. */
export interface LearnedCosts {
  /** All 0 where the features predict nothing. */
  readonly exponents: ArrayLike<number>;
  /** Logarithms. */
  readonly centre: ArrayLike<number>;
  /** What the exponents were taken from. */
  readonly deviations: Deviations;
}

/** A cost must be a finite number and not negative, a feature positive as well; others count as missing. */
export function isCost(value: number): boolean {
  return value >= 0 && value < Number.POSITIVE_INFINITY;
}

/**
 * Costs before this run has measured anything: those of a formula; else by what earlier runs learned, or the product of
 * the features; else 1. NaN where a feature is missing.
 */
export function expectedCosts(model: CostModel | undefined): KnownModel {
  switch (model?.kind) {
    case undefined:
      return { kind: 'known', costs: (_first, count) => new Float64Array(count).fill(1) };
    case 'known':
      return model;
    case 'features':
      return costsByFeatures(model);
    default:
      return model satisfies never;
  }
}

function costsByFeatures(model: FeatureModel): KnownModel {
  const { featureCount, earlier, msPerUnit } = model;
  const exponents = earlier?.exponents ?? new Float64Array(featureCount).fill(1);
  const scale = earlier ? Math.exp(-dot(earlier.exponents, earlier.centre)) : 1;
  return {
    kind: 'known',
    costs: (first, count) => {
      const product = new Float64Array(count).fill(scale);
      model.features(first, count).forEach((feature, j) => {
        for (let i = 0; i < count; i++) {
          product[i]! *= feature[i]! > 0 ? feature[i]! ** exponents[j]! : Number.NaN;
        }
      });
      return product;
    },
    ...(msPerUnit !== undefined && { msPerUnit }),
  };
}

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
