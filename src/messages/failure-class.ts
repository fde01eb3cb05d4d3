/** Kinds of failure: whose fault it is that a case did not complete. What is tried again, and how, follows from this. */
import type { CaseFailure } from './loss.js';

/**
 * `own`: the case itself cannot be computed: an exception, a bad exit, a NaN that is refused.
 * `resource`: it needed more than it was given; with more it may complete.
 * `timeout`: it took longer than it may, or gave no sign of life.
 * `not-its-fault`: what it depended on went away; it says nothing of the case.
 */
export type FailureClass = 'own' | 'resource' | 'timeout' | 'not-its-fault';

/** Types of failures that this program finds; all others are a kernel's own words. */
export const failureTypes = {
  timeout: 'Timeout',
  stalled: 'Stalled',
  outOfMemory: 'OutOfMemory',
  workerLost: 'WorkerLost',
  notANumber: 'NotANumber',
} as const;

export function failureClass({ status, type }: Pick<CaseFailure, 'status' | 'type'>): FailureClass {
  if (status === 'timeout') return 'timeout';
  if (status === 'cancelled') return 'not-its-fault';
  return type === failureTypes.outOfMemory ? 'resource' : 'own';
}

/** True for what ended the process that computed: whoever computes the case again may end as well. */
export function isFatal({ type }: Pick<CaseFailure, 'type'>): boolean {
  const { timeout, stalled, outOfMemory, workerLost } = failureTypes;
  return [timeout, stalled, outOfMemory, workerLost].some((fatal) => fatal === type);
}
