/** What becomes of a case whose attempt did not complete: a row, or another attempt after a while. */
import { blockAttempt, blockWorker, readFailures } from '../codec/block.js';
import { failureClass } from '../messages/failure-class.js';
import type { CaseFailure, Spent } from '../messages/loss.js';
import type { Comm } from './comm.js';
import { count } from './counts.js';
import { noteShortage } from './own-process.js';
import type { CoordinatorState } from './state.js';

/**
 * Looks at the failures of the block at `at`; cases that are tried again are added to `again`. How many are not.
 * Only what the kernel said of a case counts here: cases of lost workers come back without a failure.
 */
export function sortFailures(
  state: CoordinatorState,
  comm: Comm,
  blocks: Uint8Array,
  at: number,
  again: number[],
): number {
  const view = new DataView(blocks.buffer, blocks.byteOffset, blocks.byteLength);
  const first = view.getFloat64(at, true);
  const attempt = blockAttempt(view, at);
  const worker = blockWorker(view, at);
  const failures = readFailures(blocks, at);
  let final = 0;
  for (const failure of failures) {
    const index = first + failure.offset;
    if (isTriedAgain(state, comm, { worker, index, attempt, failure })) again.push(index);
    else final++;
  }
  return final;
}

/**
 * A case ended as this failure without a block: its row, or its next attempt. The time that was spent on it is less than
 * it takes: it counts as work done, and nobody learns from it what cases cost.
 */
export function endCase(
  state: CoordinatorState,
  comm: Comm,
  index: number,
  attempt: number,
  failure: CaseFailure,
  spent?: Spent,
): void {
  const isAgain = isTriedAgain(state, comm, { worker: spent?.worker ?? 0, index, attempt, failure });
  const position = comm.persistFailure(index, attempt, failure, isAgain ? 'tried again' : 'ended', spent);
  noteSpent(state, index, attempt, spent);
  if (isAgain) state.options.ledger?.comesAgain(index);
  if (isAgain) count(state, position, 0, 0, 0);
  else count(state, position, 0, 1, 1);
}

/** An attempt is over that came back without a block. */
export function noteSpent(
  { options, slowest }: CoordinatorState,
  index: number,
  attempt: number,
  spent: Spent | undefined,
): void {
  options.ledger?.observeBlock(index, 1, spent?.ranMs ?? 0, false);
  if (!spent || spent.ranMs <= slowest.thresholdMs) return;
  slowest.add({ first: index, count: 1, caseMs: spent.ranMs, worker: spent.worker, attempt });
}

/** Cases that were handed out and did not come back go to others. */
export function giveBack(state: CoordinatorState, first: number, count: number): void {
  state.attempts.eachPart(first, count, (from, part) => state.scheduler.giveBack(from, part));
}

/** Cases whose wait is over go back to those that may be handed out. */
export function releaseDue(state: CoordinatorState, comm: Comm): void {
  const { delayed } = state;
  const nowMs = comm.nowMs();
  while (delayed.nextMs <= nowMs) state.scheduler.giveBack(delayed.pop(), 1);
  if (delayed.length > 0) comm.wakeAt(delayed.nextMs);
}

interface Ended {
  readonly worker: number;
  readonly index: number;
  readonly attempt: number;
  readonly failure: CaseFailure;
}

function isTriedAgain(
  state: CoordinatorState,
  comm: Comm,
  { worker, index, attempt, failure }: Ended,
): boolean {
  const { status, type, message } = failure;
  if (status === 'timeout') state.timeouts++;
  if (failureClass(failure) === 'resource') noteShortage(state, index, failure.memoryBytes);
  const used = state.attempts.used(index, attempt);
  const isAgain = status !== 'cancelled' && used < state.options.retries;
  const followed = isAgain && { isTriedAgain: true as const };
  comm.caseFailed?.({ case: index, attempt, worker, status, type, message, ...followed });
  if (!isAgain) {
    state.tasks?.end(index, false);
    return false;
  }
  state.tasks?.leave(index, 1);
  state.attempts.failed(index, attempt);
  state.retries++;
  const atMs = comm.nowMs() + waitMs(state.options.backoff, used);
  state.delayed.push(index, atMs);
  comm.wakeAt(atMs);
  return true;
}

/** Doubles with each retry that was used up. */
function waitMs({ firstMs, mostMs }: CoordinatorState['options']['backoff'], used: number): number {
  return Math.min(mostMs, firstMs * 2 ** Math.min(used, 50));
}
