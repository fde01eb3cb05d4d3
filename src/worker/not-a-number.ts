/** Studies that take no NaN for a result: the cases of a block that have one have failed. */
import type { Failure } from '../codec/block.js';
import { type ColumnSpec, type Columns, elements, isResult } from '../codec/columns.js';
import { failureTypes } from '../messages/failure-class.js';

/** The failures that the kernel found, and those of cases with a NaN among their numbers, in the order of cases. */
export function refuseNaN(
  outputs: readonly ColumnSpec[],
  columns: Columns,
  count: number,
  found: readonly Failure[] | undefined,
): readonly Failure[] | undefined {
  const failed = new Map<number, Failure>();
  for (const failure of found ?? []) failed.set(failure.offset, failure);
  for (const spec of outputs) {
    if ((spec.dtype !== 'float64' && spec.dtype !== 'float32') || !isResult(spec)) continue;
    const width = elements(spec);
    const data = columns[spec.name] as Float64Array;
    for (let i = 0; i < count * width; i++) {
      if (!Number.isNaN(data[i])) continue;
      const offset = Math.floor(i / width);
      if (!failed.has(offset)) failed.set(offset, refusal(spec, offset, i - offset * width));
      i = (offset + 1) * width - 1;
    }
  }
  if (failed.size === (found?.length ?? 0)) return found;
  return [...failed.values()].sort((a, b) => a.offset - b.offset);
}

function refusal({ name, shape }: ColumnSpec, offset: number, element: number): Failure {
  const place = shape.length === 0 ? '' : ` at [${indices(shape, element).join(', ')}]`;
  return {
    offset,
    status: 'failed',
    type: failureTypes.notANumber,
    message: `output "${name}" is NaN${place}, which the study refuses`,
  };
}

/** Row-major, as columns lie. */
function indices(shape: readonly number[], element: number): number[] {
  const found: number[] = [];
  let left = element;
  for (const extent of shape.toReversed()) {
    found.unshift(left % extent);
    left = Math.floor(left / extent);
  }
  return found;
}
