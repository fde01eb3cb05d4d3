/** Cases that may have ended a worker, or the whole job: computed before all others, apart from them. */
import type { Comm } from './comm.js';
import { endInTime } from './deadline.js';
import { grantFor } from './grant.js';
import { giveAlone, hasRoom } from './own-process.js';
import { type CoordinatorState, isAnyJoining, type WorkerState } from './state.js';
import { touchAll } from './touch.js';

/**
 * Parts into which suspects are cut where a death ends the job. Each costs a wait for the disk, so that of millions not
 * every one is a part; the one that kills is then found in the next session, or in the one behind that.
 */
const mostParts = 4096;

export function addSuspects(state: CoordinatorState, first: number, count: number, attempt: number): void {
  const part = state.tasks ? 1 : state.options.isFragile ? Math.ceil(count / mostParts) : count;
  for (let at = 0; at < count; at += part) {
    state.suspects.push(first + at, Math.min(part, count - at), attempt);
  }
}

/** True when this worker gets nothing else for now, because of suspects. */
export function mustWaitForSuspects(state: CoordinatorState, comm: Comm, entry: WorkerState): boolean {
  const { suspects, tasks } = state;
  while (tasks && suspects.length > 0 && tasks.hasEnded(suspects.headFirst)) suspects.take(1);
  if (state.options.isFragile && (suspects.length > 0 || state.alone > 0)) {
    // One at a time in the whole job, and its outcome on disk before the next: whatever was in flight when the job
    // ended is then the one that ended it.
    state.isHoldingBack = true;
    // A worker that dies before it is ready, such as while its kernel loads, must not be taken for the work of a case.
    if (isAnyJoining(state)) return true;
    if (state.inFlight > 0 || suspects.length === 0 || !mayTry(state, entry)) return true;
    if (state.marks.length > 0) comm.hasten();
    else give(state, comm, entry, suspects.headCount);
    return true;
  }
  if (suspects.length === 0 || entry.team) return false;
  // It gets the suspect when it holds nothing, and gets nothing until then.
  if (entry.held === 0) give(state, comm, entry, 1);
  return true;
}

/** The worker returned all that it was alone with, or is gone. */
export function endAlone(state: CoordinatorState, entry: WorkerState): void {
  if (!entry.isAlone) return;
  entry.isAlone = false;
  state.alone--;
  // There may be room for others now.
  if (entry.raisedBytes !== undefined) touchAll(state);
}

/** Suspects are for workers of the root's own, who compute them alone; where there is none, a team tries them. */
export function mayTry(state: CoordinatorState, entry: WorkerState): boolean {
  if (!entry.team) return true;
  for (const { team, status } of state.workers.values()) if (!team && status !== 'gone') return false;
  return true;
}

function give(state: CoordinatorState, comm: Comm, entry: WorkerState, count: number): void {
  const { headFirst, headAttempt } = state.suspects;
  if (!endInTime(state, comm, headFirst, 1)) return;
  const { team } = entry;
  // There will be room when what runs now has ended, since nothing else starts before the suspects.
  if (!team && !hasRoom(state, entry, headFirst)) return;
  if (state.tasks && !state.tasks.admit(headFirst, entry.worker)) return;
  state.suspects.take(count);
  if (!team) {
    giveAlone(state, comm, entry, headFirst, count, headAttempt);
    return;
  }
  grantFor(state, comm, entry.worker, headFirst);
  entry.isAlone = true;
  state.alone++;
  entry.held += count;
  state.inFlight += count;
  team.outstanding.add(headFirst, count);
  team.pieces += count;
  team.sent += count;
  comm.share(entry.worker, headFirst, count, headAttempt, 1, true, state.shortages.get(headFirst) ?? 0);
  comm.flush(entry.worker);
}
