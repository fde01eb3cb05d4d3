/**
 * Cases that ran out of memory and are tried with more. The limits of all that computes on a host stay within what the
 * host has: such a case waits for room, and one host keeps it free for the first of them.
 */
import type { Comm } from './comm.js';
import { endInTime } from './deadline.js';
import { giveAlone, hasRoom, isCrowded } from './own-process.js';
import type { CoordinatorState, WorkerState } from './state.js';
import { touchAll } from './touch.js';

/** The scheduler has handed out such a case: it waits here until a worker has nothing else, and its host has room. */
export function setApart({ tasks, raised }: CoordinatorState, index: number, attempt: number): void {
  tasks?.leave(index, 1);
  raised.push(index, 1, attempt);
}

/** True when this worker gets nothing else for now: it has been given one of them, or its host makes room for one. */
export function mustMakeRoom(state: CoordinatorState, comm: Comm, entry: WorkerState): boolean {
  const { raised, tasks } = state;
  const isIdle = entry.outstanding.length === 0;
  while (tasks && raised.length > 0 && tasks.hasEnded(raised.headFirst)) raised.take(1);
  if (raised.length > 0) {
    if (isIdle && give(state, comm, entry)) return true;
    if (raised.length > 0 && isOnKeptHost(state, entry)) return true;
  }
  return isIdle && isCrowded(state, entry);
}

/** False when this is not the worker for it, or not the time. */
function give(state: CoordinatorState, comm: Comm, entry: WorkerState): boolean {
  const { raised, late, tasks } = state;
  const { headFirst, headAttempt } = raised;
  // Nobody holds a guest to its limit.
  if (!entry.home && hasHomes(state)) return false;
  if (!endInTime(state, comm, headFirst, 1)) {
    raised.take(1);
    late.push(headFirst, 1, 0);
    touchAll(state);
    return false;
  }
  if (!hasRoom(state, entry, headFirst)) return false;
  if (tasks && !tasks.admit(headFirst, entry.worker)) return false;
  raised.take(1);
  state.roomKeptOn = undefined;
  giveAlone(state, comm, entry, headFirst, 1, headAttempt);
  // Whoever waited for this need not any more.
  touchAll(state);
  return true;
}

/** A host that nobody is left on keeps nothing, nor does one that the case would not fit on. */
function isOnKeptHost(state: CoordinatorState, entry: WorkerState): boolean {
  const { tasks, raised, roomKeptOn } = state;
  if (!entry.home) return false;
  const isKept = roomKeptOn !== undefined && isAnybodyOn(state, roomKeptOn);
  if (!isKept) {
    const fits = !tasks || tasks.couldHold(raised.headFirst, entry.worker);
    state.roomKeptOn = fits ? entry.home.host : undefined;
  }
  return state.roomKeptOn === entry.home.host;
}

function isAnybodyOn(state: CoordinatorState, host: string): boolean {
  for (const { status, home } of state.workers.values()) {
    if (status !== 'gone' && home?.host === host) return true;
  }
  return false;
}

function hasHomes(state: CoordinatorState): boolean {
  for (const { status, home } of state.workers.values()) if (status !== 'gone' && home) return true;
  return false;
}
