import type { LearnedCosts } from './costs.js';

/** What runs learned of the times of cases, for the runs after them. */
export interface KeptCosts {
  /** Blocks of results that were measured, and their cases. */
  readonly blocks: number;
  readonly cases: number;
  /** Time of a unit of cost: what the study's formula or the features say; a case where the study says nothing. */
  readonly msPerUnit: number;
  /** Standard deviation of the time of one case about what is predicted for it, as part of that; absent while unknown. */
  readonly scatter?: number;
  /** Where costs are learned from features. */
  readonly learned?: LearnedCosts;
}
