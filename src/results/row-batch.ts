import type { CaseStatus, Failure } from '../codec/block.js';
import { allocateColumns, type ColumnSpec, type Columns, elements, isNumeric } from '../codec/columns.js';
import type { CaseSpace } from '../study/case-space.js';
import type { BlockRows } from './block-rows.js';

/** Codes of `RowBatch.status`, by position. */
export const statuses = [
  'completed',
  'failed',
  'timeout',
  'cancelled',
] as const satisfies readonly CaseStatus[];

/** Some done cases, ascending. */
export interface RowBatch {
  readonly count: number;
  /** Case of each row. */
  readonly cases: Float64Array;
  /** `[count, ...shape]`; empty when they were not asked for. */
  readonly parameters: Columns;
  /** `[count, ...shape]`; what stands in rows that did not complete means nothing. */
  readonly outputs: Columns;
  /** Index into `statuses` of each row. */
  readonly status: Uint8Array;
  /** Why rows did not complete, by row. */
  readonly failures: ReadonlyMap<number, Failure>;
}

/** A batch that is being filled. */
export interface OpenBatch extends RowBatch {
  filled: number;
  readonly failures: Map<number, Failure>;
}

export function newBatch(
  count: number,
  parameters: readonly ColumnSpec[],
  outputs: readonly ColumnSpec[],
): OpenBatch {
  return {
    count,
    filled: 0,
    cases: new Float64Array(count),
    parameters: allocateColumns(parameters, count),
    outputs: allocateColumns(outputs, count),
    status: new Uint8Array(count),
    failures: new Map(),
  };
}

/** Copies rows `from … from + count - 1` of a block, which are cases `firstCase …`, behind what the batch holds. */
export function addRows(
  batch: OpenBatch,
  source: BlockRows,
  from: number,
  firstCase: number,
  count: number,
): void {
  for (let i = 0; i < count; i++) batch.cases[batch.filled + i] = firstCase + i;
  source.copy(from, count, batch.outputs, batch.filled);
  for (const failure of source.failures) {
    const row = failure.offset - from;
    if (row < 0 || row >= count) continue;
    batch.status[batch.filled + row] = statuses.indexOf(failure.status);
    batch.failures.set(batch.filled + row, failure);
  }
  batch.filled += count;
}

/** Computes the parameters of a full batch again. */
export function fillParameters(batch: OpenBatch, space: CaseSpace, specs: readonly ColumnSpec[]): void {
  const { cases, count, parameters } = batch;
  for (let from = 0; from < count; ) {
    let to = from + 1;
    while (to < count && cases[to] === cases[from]! + (to - from)) to++;
    const values = space.fill(cases[from]!, to - from);
    for (const spec of specs) {
      const at = from * elements(spec);
      const source = values[spec.name]!;
      const target = parameters[spec.name]!;
      if (isNumeric(spec.dtype)) (target as Float64Array).set(source as Float64Array, at);
      else for (let i = 0; i < source.length; i++) (target as unknown[])[at + i] = source[i];
    }
    from = to;
  }
}
