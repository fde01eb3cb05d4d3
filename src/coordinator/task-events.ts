/** What follows for other cases when some end, in studies whose cases depend on one another or share resources. */
import type { CaseFailure } from '../messages/loss.js';
import { type Amounts, amountsText } from '../schedule/tasks/hosts.js';
import type { TaskScheduler } from '../schedule/tasks/task-scheduler.js';
import type { Comm } from './comm.js';
import { giveUp } from './loss.js';
import { type CoordinatorState, isAnyJoining } from './state.js';
import { feedHungry } from './steal.js';

/** Rows for cases that others have doomed, and work for those who waited until cases could start. */
export function followEndings(state: CoordinatorState, comm: Comm): void {
  const { tasks } = state;
  if (!tasks) return;
  for (let index = tasks.cancelled.pop(); index !== undefined; index = tasks.cancelled.pop()) {
    giveUp(state, comm, index, behind(state, index), cancellation(tasks, index));
  }
  if (tasks.readyCount > 0 && state.hungry.length > 0 && !state.isStopping) feedHungry(state, comm);
}

/** All hosts are known: cases that fit on none of them fail, so that what depends on them need not wait. */
export function refuseUnplaceable(state: CoordinatorState, comm: Comm): void {
  const { tasks } = state;
  if (!tasks) return;
  for (const index of tasks.unplaceable()) {
    // One before may have doomed it.
    if (tasks.hasEnded(index)) continue;
    giveUp(state, comm, index, behind(state, index), unplaceable(tasks, index));
  }
  followEndings(state, comm);
}

/** Cases that can never start because the hosts that could hold them are gone; 0 as long as anything moves. */
export function strandedCases(state: CoordinatorState): number {
  const { tasks, inFlight, delayed, suspects, marks, scheduler } = state;
  if (
    !tasks ||
    inFlight > 0 ||
    delayed.length > 0 ||
    state.late.length > 0 ||
    marks.length > 0 ||
    state.isThrottled ||
    isAnyJoining(state)
  )
    return 0;
  return scheduler.remaining + suspects.cases + state.raised.length;
}

/** The number of the last attempt; 0 for a case that was never computed. */
function behind({ attempts }: CoordinatorState, index: number): number {
  return attempts.next(index) - 1;
}

function cancellation(tasks: TaskScheduler, index: number): CaseFailure {
  const cause = tasks.causeOf(index);
  const root = tasks.rootCauseOf(index);
  const fate =
    root === cause ? 'did not complete' : `was cancelled because ${tasks.nameOf(root)} did not complete`;
  return {
    status: 'cancelled',
    type: 'DependencyFailed',
    message: `it depends on ${tasks.nameOf(cause)}, which ${fate}`,
  };
}

/** No name of a host: the row is a result. */
function unplaceable(tasks: TaskScheduler, index: number): CaseFailure {
  const need = amountsText(tasks.needOf(index));
  const largest = [...tasks.hosts].reduce<Amounts>(
    ([cores, memory, gpus], { owned }) => [
      Math.max(cores, owned[0]),
      Math.max(memory, owned[1]),
      Math.max(gpus, owned[2]),
    ],
    [0, 0, 0],
  );
  return {
    status: 'failed',
    type: 'Unplaceable',
    message: `it needs ${need}; no host offers its workers more than ${amountsText(largest)}`,
  };
}
