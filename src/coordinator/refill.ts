/** Gives a worker what it may hold: enough that it never waits, little enough that the end of the run is even. */
import type { Chunk } from '../schedule/work-queue.js';
import type { Comm } from './comm.js';
import type { CoordinatorState, WorkerState } from './state.js';

/** Work that a worker should hold beyond the range it computes, as time: an answer is there well before it ends. */
const lookaheadMs = 4;

/** Ranges that last longer than this are not handed out before the worker is free: waiting costs less than a bad end. */
const longMs = 100;

const chunk: Chunk = { first: 0, count: 0 };

export function refill(state: CoordinatorState, comm: Comm, entry: WorkerState): void {
  if (entry.status !== 'ready' || state.isStopping || entry.isAlone) return;
  if (comm.backlogBytes() > state.options.backlogLimitBytes) {
    state.isThrottled = true;
    return;
  }
  if (state.suspects.length > 0 && giveSuspect(state, comm, entry)) return;
  const depth = depthFor(state, entry);
  const { outstanding } = entry;
  let given = false;
  while (outstanding.length < depth && !holdsEnough(entry) && state.scheduler.next(entry.worker, chunk)) {
    outstanding.push(chunk.first, chunk.count, state.options.attempt);
    entry.held += chunk.count;
    state.inFlight += chunk.count;
    comm.assign(entry.worker, chunk.first, chunk.count, state.options.attempt);
    given = true;
  }
  if (given) comm.flush(entry.worker);
}

/** A suspect is computed alone: the worker gets it when it holds nothing, and gets nothing until then. */
function giveSuspect(state: CoordinatorState, comm: Comm, entry: WorkerState): boolean {
  if (entry.outstanding.length > 0) return true;
  const { headFirst, headAttempt } = state.suspects;
  state.suspects.take(1);
  entry.isAlone = true;
  entry.outstanding.push(headFirst, 1, headAttempt);
  entry.held++;
  state.inFlight++;
  state.retries++;
  comm.assign(entry.worker, headFirst, 1, headAttempt);
  comm.flush(entry.worker);
  return true;
}

/** Blocks are parts of ranges: depth alone would let a worker whose blocks are short hold any number of long ranges. */
function holdsEnough({ outstanding, held, caseMs }: WorkerState): boolean {
  return outstanding.length > 1 && (held - outstanding.headCount) * caseMs > lookaheadMs;
}

/** Ranges this worker may hold, from how long its recent blocks took. */
function depthFor(state: CoordinatorState, entry: WorkerState): number {
  if (entry.blockMs === 0) return 1;
  if (entry.blockMs > longMs) return 1;
  const depth = 1 + Math.ceil(lookaheadMs / entry.blockMs);
  return Math.min(depth, state.options.depthLimit);
}
