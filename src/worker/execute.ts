/** Computes a run of cases with the kernel and turns whatever happens into a block. */
import type { Block, Failure } from '../codec/block.js';
import { allocateColumns, type Columns } from '../codec/columns.js';
import type { ReadyKernel } from '../kernels/kernel.js';
import { failureOf } from '../kernels/run-batch.js';
import type { Slot } from '../kernels/slot.js';
import type { CaseSpace } from '../study/case-space.js';
import { refuseNaN } from './not-a-number.js';

export interface Executor {
  readonly kernel: ReadyKernel;
  readonly space: CaseSpace;
  readonly slot: Slot;
  /** NaN among the outputs fails the case. */
  readonly isRefusingNaN: boolean;
}

/** The block of cases `first … first + count - 1`. Never throws for what a case does. */
export function execute(
  executor: Executor,
  first: number,
  count: number,
  attempt: number,
  started: number,
): Block | Promise<Block> {
  const { kernel, slot } = executor;
  const columns = kernel.inputs.length > 0 ? executor.space.fill(first, count) : nothing;
  const out = kernel.outputs.length > 0 ? allocateColumns(kernel.outputs, count) : nothing;
  try {
    const failures = kernel.runBatch(count, columns, out, slot.open(first, count, attempt));
    if (!(failures instanceof Promise)) {
      return blockOf(executor, first, count, attempt, started, out, checked(failures, count));
    }
    return failures
      .then((list) => blockOf(executor, first, count, attempt, started, out, checked(list, count)))
      .catch((error) => singly(executor, first, count, attempt, started, error));
  } catch (error) {
    return singly(executor, first, count, attempt, started, error);
  }
}

/** Asked once: it is computed anew at each look. */
export const { timeOrigin } = performance;

/** A kernel's list of failures: each case at most once, and none that is not of the batch. */
function checked(failures: readonly Failure[] | undefined, count: number): readonly Failure[] | undefined {
  if (!failures || failures.length === 0) return undefined;
  const offsets = new Set(failures.map(({ offset }) => offset));
  const isWrong = [...offsets].some((offset) => !(Number.isInteger(offset) && offset >= 0 && offset < count));
  if (!isWrong && offsets.size === failures.length) return failures;
  throw new TypeError(
    `the kernel listed failures at ${failures.map(({ offset }) => offset).join(', ')}, expected distinct offsets from 0 to ${count - 1}`,
  );
}

const nothing: Columns = {};
const noFailures: readonly Failure[] = [];

function blockOf(
  executor: Executor,
  first: number,
  count: number,
  attempt: number,
  started: number,
  columns: Columns,
  listed: readonly Failure[] | undefined,
): Block {
  if (listed && listed.length > 0) executor.slot.failed(first, count);
  executor.slot.close();
  const failures = executor.isRefusingNaN
    ? refuseNaN(executor.kernel.outputs, columns, count, listed)
    : listed;
  return {
    first,
    count,
    startedMs: timeOrigin + started,
    elapsedMs: performance.now() - started,
    worker: executor.slot.options.worker,
    attempt,
    columns,
    failures: failures ?? noFailures,
  };
}

/**
 * A batch kernel threw. Which cases a batch holds depends on the run, so that the failure is pinned to its cases by
 * computing each alone; only those that throw again have failed.
 */
async function singly(
  executor: Executor,
  first: number,
  count: number,
  attempt: number,
  started: number,
  batchError: unknown,
): Promise<Block> {
  const { kernel, slot } = executor;
  const all = allocateColumns(kernel.outputs, count);
  const failures: Failure[] = [];
  for (let offset = 0; offset < count; offset++) {
    const one = allocateColumns(kernel.outputs, 1);
    try {
      if (count === 1) throw batchError;
      const columns = kernel.inputs.length > 0 ? executor.space.fill(first + offset, 1) : {};
      const list = await kernel.runBatch(1, columns, one, slot.open(first + offset, 1, attempt));
      const [failure] = checked(list, 1) ?? [];
      if (failure) failures.push({ ...failure, offset });
    } catch (error) {
      failures.push(failureOf(error, offset));
    }
    for (const spec of kernel.outputs)
      copyInto(all[spec.name] as unknown[], one[spec.name] as unknown[], offset);
  }
  return blockOf(executor, first, count, attempt, started, all, failures);
}

function copyInto(all: unknown[], one: unknown[], offset: number): void {
  for (let i = 0; i < one.length; i++) all[offset * one.length + i] = one[i];
}
