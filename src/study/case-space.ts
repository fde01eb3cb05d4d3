/** Cases computed from their index: what a worker needs to turn `[first, count]` into parameter columns. */
import type { ColumnSpec, Columns } from '../codec/columns.js';

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
