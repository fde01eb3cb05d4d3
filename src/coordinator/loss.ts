/** What becomes of the cases of a lost worker: blamed, suspected, or given to others. */
import { failureClass } from '../messages/failure-class.js';
import type { CaseFailure, CaseRange, Loss, Spent } from '../messages/loss.js';
import { mostInFlight } from '../schedule/chunk-size.js';
import type { Comm } from './comm.js';
import { count } from './counts.js';
import { endCase, giveBack, noteSpent } from './retry.js';
import type { CoordinatorState, Past, WorkerState } from './state.js';
import { addSuspects, endAlone } from './suspects.js';

/**
 * Empties what the worker had to return. A case that was running alone is blamed. Of several that were, or may have
 * been, each is tried alone: one of them may have ended the worker. All others go back to the queue, unblamed.
 */
export function settleLoss(state: CoordinatorState, comm: Comm, entry: WorkerState, loss: Loss): void {
  const running = loss.running ?? presumed(entry);
  const [only] = running;
  const isSeen = loss.running !== undefined || entry.isAlone;
  const isOne = isSeen && running.length === 1 && only?.count === 1;
  const spent = loss.ranMs === undefined ? undefined : { worker: entry.worker, ranMs: loss.ranMs };
  eachOutstanding(state, entry, (first, cases, attempt) => {
    eachPart(first, cases, running, (from, part, wasRunning) => {
      if (!wasRunning) giveBack(state, from, part);
      else if (isOne) blame(state, comm, from, attempt, loss, spent);
      else addSuspects(state, from, part, attempt);
    });
  });
  endAlone(state, entry);
}

/**
 * Suspects of earlier sessions. Of a job that ended while a single case was computed, that case is blamed as if its
 * worker had died.
 */
export function settlePast(state: CoordinatorState, comm: Comm, { suspects, culprit }: Past): void {
  for (const { first, count: cases } of suspects) {
    const attempt = state.attempts.next(first);
    if (cases === 1 && first === culprit?.first && culprit.count === 1) {
      blame(state, comm, first, attempt, { how: 'ended with the whole run' });
    } else {
      addSuspects(state, first, cases, attempt);
    }
  }
}

/** A row for a case that no kernel completes: no retry follows, since each may end a worker again. */
export function giveUp(
  state: CoordinatorState,
  comm: Comm,
  first: number,
  attempt: number,
  failure: CaseFailure,
  spent?: Spent,
): void {
  const { status, type, message } = failure;
  state.tasks?.end(first, false);
  noteSpent(state, first, attempt, spent);
  comm.caseFailed?.({ case: first, attempt, worker: spent?.worker ?? 0, status, type, message });
  count(state, comm.persistFailure(first, attempt, failure, 'given up', spent), 0, 1, 1);
}

function blame(
  state: CoordinatorState,
  comm: Comm,
  first: number,
  attempt: number,
  loss: Loss,
  spent?: Spent,
): void {
  const { verdict } = loss;
  if (verdict?.isProven) {
    endCase(state, comm, first, attempt, explained(verdict.failure, loss), spent);
    return;
  }
  if (
    state.options.memory &&
    verdict &&
    failureClass(verdict.failure) === 'resource' &&
    !state.unproven.has(first)
  ) {
    // Earlier cases may have left the memory full: nothing is said of this one before it was in a fresh process.
    state.unproven.add(first);
    addSuspects(state, first, 1, attempt);
    return;
  }
  const deaths = (state.crashes.get(first) ?? 0) + 1;
  state.crashes.set(first, deaths);
  comm.persistCrash(first, deaths);
  if (deaths >= state.options.crashLimit) {
    giveUp(
      state,
      comm,
      first,
      attempt,
      explained(verdict?.failure ?? lostWorkers(deaths, loss.how), loss),
      spent,
    );
  } else {
    // Behind the others: whoever is innocent has its result before another worker is risked.
    addSuspects(state, first, 1, attempt);
  }
}

/** No name of a worker: the row is a result, and results do not depend on who computed them. */
function lostWorkers(deaths: number, how: string): CaseFailure {
  const workers = deaths === 1 ? '1 worker' : `${deaths} workers`;
  const message = `its worker ${how}; given up after ${workers} that died of this case`;
  return { status: 'failed', type: 'WorkerLost', message };
}

function explained(failure: CaseFailure, { detail }: Loss): CaseFailure {
  return detail === undefined ? failure : { ...failure, traceback: detail };
}

/** Takes everything back that the worker holds, in the order in which it was given. */
function eachOutstanding(
  state: CoordinatorState,
  { outstanding }: WorkerState,
  visit: (first: number, count: number, attempt: number) => void,
): void {
  while (outstanding.length > 0) {
    const { headFirst, headCount, headAttempt } = outstanding;
    outstanding.take(headCount);
    state.inFlight -= headCount;
    state.tasks?.leave(headFirst, headCount);
    visit(headFirst, headCount, headAttempt);
  }
}

/** Cuts a range at the ends of those that were running. */
function eachPart(
  first: number,
  cases: number,
  running: readonly CaseRange[],
  visit: (first: number, count: number, wasRunning: boolean) => void,
): void {
  const end = first + cases;
  for (let at = first; at < end; ) {
    const inside = running.find((range) => at >= range.first && at < range.first + range.count);
    let to = inside ? Math.min(end, inside.first + inside.count) : end;
    if (!inside) for (const range of running) if (range.first > at) to = Math.min(to, range.first);
    visit(at, to - at, inside !== undefined);
    at = to;
  }
}

/** Where nobody saw what ran: what the worker may have been computing, by what it had to return. */
function presumed(entry: WorkerState): readonly CaseRange[] {
  const { outstanding, isAlone, largestBlock } = entry;
  return outstanding.front(isAlone ? Number.POSITIVE_INFINITY : mostInFlight(largestBlock));
}
