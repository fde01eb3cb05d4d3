/** What is known of the cost of cases before they are computed. */

/** Evaluated where the scheduler runs, for any range of cases; arrays are the caller's. */
export type CostModel =
  /** Costs in any unit, `[count]`. */
  | { readonly kind: 'known'; costs(first: number, count: number): Float64Array }
  /** Numbers that costs depend on, each `[count]`; how, is learned from the first results. */
  | {
      readonly kind: 'features';
      readonly featureCount: number;
      features(first: number, count: number): readonly Float64Array[];
    };

/** A cost must be a finite number and not negative, a feature positive as well; others count as missing. */
export function isCost(value: number): boolean {
  return value >= 0 && value < Number.POSITIVE_INFINITY;
}
