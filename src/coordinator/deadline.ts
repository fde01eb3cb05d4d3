/** The end of the time that a run has: no case starts that is predicted to end behind it. */
import type { Chunk } from '../schedule/work-queue.js';
import type { Comm } from './comm.js';
import { giveBack } from './retry.js';
import { type CoordinatorState, isAnyJoining, type WorkerState } from './state.js';

/**
 * `fits`: the chunk was cut to what ends in time. `later`: it does not behind what the worker holds, and went back.
 * `never`: it does not at all, and is put aside.
 */
export type Timing = 'fits' | 'later' | 'never';

export function hasDeadline({ options }: CoordinatorState): boolean {
  return options.deadlineMs < Number.POSITIVE_INFINITY;
}

/** Cuts a chunk that the scheduler gave for this worker. Before anything was measured it is one case. */
export function cutToDeadline(state: CoordinatorState, comm: Comm, entry: WorkerState, chunk: Chunk): Timing {
  const { first, count } = chunk;
  const roomMs = state.options.deadlineMs - comm.nowMs();
  const most = countInTime(state, first, count, roomMs - waitMs(entry));
  if (most > 0) {
    if (most < count) giveBack(state, first + most, count - most);
    chunk.count = most;
    return 'fits';
  }
  if (fits(state, first, 1, roomMs)) {
    giveBack(state, first, count);
    return 'later';
  }
  let late = 1;
  while (late < count && !fits(state, first + late, 1, roomMs)) late++;
  state.tasks?.leave(first, late);
  state.late.push(first, late, 0);
  if (late < count) giveBack(state, first + late, count - late);
  return 'never';
}

/** True when these cases, begun now, are predicted to end in time. */
export function endInTime(state: CoordinatorState, comm: Comm, first: number, count: number): boolean {
  return !hasDeadline(state) || fits(state, first, count, state.options.deadlineMs - comm.nowMs());
}

/**
 * Nothing runs. More is known of times than when cases were put aside: those that fit by now go back. False when none
 * does.
 */
export function reconsiderLate(state: CoordinatorState, comm: Comm): boolean {
  const { late } = state;
  let found = false;
  for (let left = late.length; left > 0; left--) {
    const { headFirst, headCount } = late;
    late.take(headCount);
    if (endInTime(state, comm, headFirst, 1)) {
      giveBack(state, headFirst, headCount);
      found = true;
    } else {
      late.push(headFirst, headCount, 0);
    }
  }
  return found;
}

/** Why the run has to end now because of the time; undefined while something runs in time, or can. */
export function timeIsOver(state: CoordinatorState, comm: Comm): string | undefined {
  if (!hasDeadline(state) || state.isStopping) return undefined;
  const leftMs = state.options.deadlineMs - comm.nowMs();
  if (leftMs <= 0) return `time limit: ${casesLeft(state)} when the time was over`;
  if (!isStuck(state, comm)) return undefined;
  return `time limit: ${casesLeft(state)}, none can end in the remaining ${Math.floor(leftMs / 1000)} s`;
}

/** Every worker was offered what is left, and none could take any of it. */
function isStuck(state: CoordinatorState, comm: Comm): boolean {
  const { inFlight, touched, isThrottled, marks, suspects, raised, delayed, late, scheduler } = state;
  if (inFlight > 0 || touched.length > 0 || isThrottled || raised.length > 0) return false;
  if (suspects.length > 0) {
    return marks.length === 0 && !endInTime(state, comm, suspects.headFirst, 1);
  }
  if (delayed.nextMs < state.options.deadlineMs) return false;
  if (late.length === 0 && delayed.length === 0) return false;
  if (scheduler.remaining === 0) return true;
  // What depends on others, or was kept for a worker that is yet to come.
  return !isAnyJoining(state);
}

function casesLeft({ inFlight, suspects, raised, delayed, late, scheduler }: CoordinatorState): string {
  const left = inFlight + suspects.cases + raised.length + delayed.length + late.cases + scheduler.remaining;
  return left === 1 ? '1 case left' : `${left} cases left`;
}

/** Time until a worker begins with what it is given now. */
function waitMs({ held, caseMs, team }: WorkerState): number {
  if (!team) return held * caseMs;
  return team.pieces < team.ready ? 0 : (held * caseMs) / Math.max(1, team.ready);
}

/** Cases from `first` on, computed one behind the other, that end within `roomMs`. */
function countInTime(state: CoordinatorState, first: number, count: number, roomMs: number): number {
  if (state.options.ledger?.predictMs(first, 1) === undefined) return roomMs > 0 ? 1 : 0;
  if (fits(state, first, count, roomMs)) return count;
  let [low, high] = [0, count];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fits(state, first, middle, roomMs)) low = middle;
    else high = middle;
  }
  return low;
}

function fits({ options }: CoordinatorState, first: number, count: number, roomMs: number): boolean {
  return roomMs > 0 && (options.ledger?.predictMs(first, count) ?? 0) <= roomMs;
}
