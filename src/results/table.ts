/** Tables: named columns with rows that come in batches. What every export format takes. */
import type { ColumnData, ColumnSpec } from '../codec/columns.js';

export interface TableColumn extends ColumnSpec {
  /** Whether rows may have no value here. */
  readonly isNullable: boolean;
}

export interface TableBatch {
  readonly count: number;
  /** Values of each column, `[count, ...shape]`; what stands in rows without a value means nothing. */
  readonly data: readonly ColumnData[];
  /** For each column one byte a row, 1 where there is a value; undefined where all rows have one. */
  readonly valid: readonly (Uint8Array | undefined)[];
}

export interface Table {
  readonly columns: readonly TableColumn[];
  readonly rowCount: number;
  /** Batches of any size; together all rows in order. */
  batches(rowsAtOnce: number): Iterable<TableBatch>;
}

/** Sets the columns' names apart from each other: what is taken gets `prefix_`, as often as needed. */
export function uniqueName(name: string, prefix: string, taken: Set<string>): string {
  let unique = name;
  while (taken.has(unique)) unique = `${prefix}_${unique}`;
  taken.add(unique);
  return unique;
}
