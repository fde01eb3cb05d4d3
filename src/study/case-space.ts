/** Cases computed from their index: what a worker needs to turn `[first, count]` into parameter columns. */
import type { ColumnSpec, Columns } from '../codec/columns.js';
import { createFill } from './cases/fill.js';
import type { CasePlanDetail } from './cases/plan.js';

/**
 * Plain data, MessagePack-able, made by `load`. Its inside belongs to study/ alone.
 */
export interface CasePlan {
  readonly count: number;
  /** Parameters in the order of the study file, then derived values. */
  readonly columns: readonly ColumnSpec[];
  /** Extents of the grid, slowest first, when the cases are a pure grid; else absent. */
  readonly gridShape?: readonly number[];
  readonly [detail: string]: unknown;
}

export interface CaseSpace {
  readonly count: number;
  readonly columns: readonly ColumnSpec[];
  /**
   * Values of cases `first … first + count - 1`: each column `[count, ...shape]`, the same bits for a case
   * whatever range it is asked in. Arrays are new and the caller's.
   */
  fill(first: number, count: number): Columns;
}

/** The cases of a plan. Throws RangeError for a range that the plan does not have. */
export function createCaseSpace(plan: CasePlan): CaseSpace {
  const fill = createFill(plan as CasePlanDetail);
  return {
    count: plan.count,
    columns: plan.columns,
    fill(first, count) {
      if (
        !(
          Number.isSafeInteger(first) &&
          Number.isSafeInteger(count) &&
          first >= 0 &&
          count >= 0 &&
          first + count <= plan.count
        )
      ) {
        throw new RangeError(`Cases ${first} … ${first + count - 1} asked of ${plan.count}`);
      }
      return fill(first, count);
    },
  };
}
