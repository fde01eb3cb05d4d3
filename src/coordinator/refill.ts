/** Gives a worker what it may hold: enough that it never waits, little enough that the end of the run is even. */
import type { Chunk } from '../schedule/work-queue.js';
import type { Comm } from './comm.js';
import { cutToDeadline, hasDeadline } from './deadline.js';
import { grantFor } from './grant.js';
import { isRaised, renewForOthers } from './own-process.js';
import { mustMakeRoom, setApart } from './raised.js';
import type { CoordinatorState, WorkerState } from './state.js';
import { mayTry, mustWaitForSuspects } from './suspects.js';
import { continueRun, isTeamFull, nextForTeam, type Team, teamDepth } from './team.js';

/**
 * Work that a worker should hold beyond the range it computes, as time: an answer is there well before it ends. More
 * while much is left, so that short cases return many at a time: a part of each worker's share of what nobody has yet.
 */
const lookahead = { leastMs: 4, mostMs: 24, part: 1 / 64 } as const;

const chunk: Chunk = { first: 0, count: 0 };

/** `most`: ranges that it may hold afterwards, where that is less than it might. */
export function refill(
  state: CoordinatorState,
  comm: Comm,
  entry: WorkerState,
  most = Number.POSITIVE_INFINITY,
): void {
  if (entry.status !== 'ready' || state.isStopping || entry.isAlone) return;
  // Who is asked for work gets none until it has answered: what it gives back is then the end of what it was given. A
  // team returns its cases in any order, and may have workers that wait.
  if (entry.isAsked && !entry.team) return;
  if (comm.backlogBytes() > state.options.backlogLimitBytes) {
    state.isThrottled = true;
    return;
  }
  if (mustWaitForSuspects(state, comm, entry)) return;
  if (entry.team) {
    refillTeam(state, comm, entry, entry.team);
    return;
  }
  if (mustMakeRoom(state, comm, entry)) return;
  const { outstanding } = entry;
  if (entry.raisedBytes !== undefined && outstanding.length === 0) {
    if (state.scheduler.remaining > 0) renewForOthers(state, comm, entry);
    else becomeHungry(state, entry);
    return;
  }
  const aheadMs = lookaheadFor(state, entry);
  const depth = Math.min(most, depthFor(state, entry, aheadMs));
  let given = false;
  while (outstanding.length < depth && !holdsEnough(entry, aheadMs) && nextChunk(state, comm, entry)) {
    const attempt = state.attempts.next(chunk.first);
    if (isRaised(state, chunk.first)) {
      setApart(state, chunk.first, attempt);
      if (!mustMakeRoom(state, comm, entry)) continue;
      if (given) send(state, comm, entry);
      return;
    }
    outstanding.push(chunk.first, chunk.count, attempt);
    entry.held += chunk.count;
    state.inFlight += chunk.count;
    grantFor(state, comm, entry.worker, chunk.first);
    comm.assign(entry.worker, chunk.first, chunk.count, attempt, false);
    given = true;
  }
  if (given) send(state, comm, entry);
  else if (outstanding.length === 0) becomeHungry(state, entry);
}

/** As many pieces as its workers may hold, and those that they need until the next answer; neighbours go as one range. */
function refillTeam(state: CoordinatorState, comm: Comm, entry: WorkerState, team: Team): void {
  const depth = state.tasks?.isCounting
    ? team.ready
    : teamDepth(team, entry.blockMs, depthFor(state, entry, lookahead.leastMs), state.options.depthLimit);
  const run = { first: 0, count: 0, piece: 0 };
  let runAttempt = 1;
  let runShortage = 0;
  const sentBefore = team.sent;
  if (state.suspects.length > 0) shareSuspects(state, comm, entry, team, depth);
  const share = (): void => {
    if (run.count === 0) return;
    comm.share(entry.worker, run.first, run.count, runAttempt, run.piece, false, runShortage);
  };
  while (team.pieces < depth && !isTeamFull(team, entry, lookahead.leastMs)) {
    if (!nextChunk(state, comm, entry)) break;
    team.outstanding.add(chunk.first, chunk.count);
    team.piece = chunk.count;
    team.pieces++;
    team.sent++;
    entry.held += chunk.count;
    state.inFlight += chunk.count;
    grantFor(state, comm, entry.worker, chunk.first);
    const attempt = state.attempts.next(chunk.first);
    const shortage = state.shortages.size === 0 ? 0 : (state.shortages.get(chunk.first) ?? 0);
    if (attempt === runAttempt && shortage === runShortage && continueRun(run, chunk)) continue;
    share();
    runAttempt = attempt;
    runShortage = shortage;
    run.first = chunk.first;
    run.count = chunk.count;
    run.piece = chunk.count;
  }
  share();
  if (team.sent > sentBefore) send(state, comm, entry);
  if (team.pieces < team.ready) becomeHungry(state, entry);
}

/** Fills `chunk`; false when there is none for this worker, or none that it could end in time. */
function nextChunk(state: CoordinatorState, comm: Comm, entry: WorkerState): boolean {
  const { scheduler } = state;
  const { worker, team } = entry;
  const isLimited = hasDeadline(state);
  while (team ? nextForTeam(scheduler, team, chunk) : scheduler.next(worker, chunk)) {
    if (!isLimited) return true;
    const timing = cutToDeadline(state, comm, entry, chunk);
    if (timing !== 'never') return timing === 'fits';
  }
  return false;
}

function shareSuspects(
  state: CoordinatorState,
  comm: Comm,
  entry: WorkerState,
  team: Team,
  depth: number,
): void {
  if (!mayTry(state, entry)) return;
  while (state.suspects.length > 0 && team.pieces < depth) {
    const { headFirst, headAttempt } = state.suspects;
    state.suspects.take(1);
    team.outstanding.add(headFirst, 1);
    team.pieces++;
    team.sent++;
    entry.held++;
    state.inFlight++;
    comm.share(entry.worker, headFirst, 1, headAttempt, 1, true, state.shortages.get(headFirst) ?? 0);
  }
}

function send(state: CoordinatorState, comm: Comm, entry: WorkerState): void {
  entry.isSpent = false;
  entry.isUsed = true;
  state.isDry = false;
  comm.flush(entry.worker);
}

function becomeHungry(state: CoordinatorState, entry: WorkerState): void {
  const isInVain = state.scheduler.takesBack === 'nothing' && !state.tasks;
  if (entry.isHungry || isInVain) return;
  entry.isHungry = true;
  state.hungry.push(entry);
}

/** Blocks are parts of ranges: depth alone would let a worker whose blocks are short hold any number of long ranges. */
function holdsEnough({ outstanding, held, caseMs }: WorkerState, aheadMs: number): boolean {
  return outstanding.length > 1 && (held - outstanding.headCount) * caseMs > aheadMs;
}

function lookaheadFor({ scheduler, workers }: CoordinatorState, { caseMs }: WorkerState): number {
  const leftMs = (scheduler.remaining * caseMs) / workers.size;
  return Math.min(lookahead.mostMs, Math.max(lookahead.leastMs, leftMs * lookahead.part));
}

/** Ranges this worker may hold, from how long its recent blocks took. */
function depthFor(state: CoordinatorState, entry: WorkerState, aheadMs: number): number {
  if (entry.blockMs === 0) return 1;
  // What waits at a worker would occupy what others could use.
  if (entry.blockMs > state.options.longMs || state.tasks?.isCounting) return 1;
  const depth = 1 + Math.ceil(aheadMs / entry.blockMs);
  return Math.min(depth, state.options.depthLimit);
}
