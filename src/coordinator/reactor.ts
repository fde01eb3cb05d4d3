/** What the coordinator does when something happens. Each function changes the state and acts through `comm`. */
import { blockAttempt, blockHeaderBytes, blockWorker } from '../codec/block.js';
import type { Loss } from '../messages/loss.js';
import type { Assignment, Credit } from '../messages/message.js';
import type { Comm } from './comm.js';
import { count } from './counts.js';
import { hasDeadline, reconsiderLate } from './deadline.js';
import { settleLoss, settlePast } from './loss.js';
import { handOver } from './own-process.js';
import { refill } from './refill.js';
import { giveBack, releaseDue, sortFailures } from './retry.js';
import { type CoordinatorState, type Home, newWorker, type Past, type WorkerState } from './state.js';
import { feedHungry, noLongerAsked, noticeSurplus, steal } from './steal.js';
import { endAlone } from './suspects.js';
import { followEndings } from './task-events.js';
import { heed, type Team, takeFromTeam } from './team.js';
import { touch, touchAll } from './touch.js';

/** Before any worker is ready: what earlier sessions left behind. */
export function onBegin(state: CoordinatorState, comm: Comm, past: Past): void {
  const { ledger } = state.options;
  if (ledger) {
    state.tasks?.foresee({
      nowMs: () => comm.nowMs(),
      predictMs: (index) => ledger.predictMs(index, 1),
      scatter: () => ledger.scatter,
    });
  }
  settlePast(state, comm, past);
  wakeAtDeadline(state, comm);
  followEndings(state, comm);
}

/** The worker has its kernel. It gets its first range at once, or what its process was renewed for. */
export function onReady(state: CoordinatorState, comm: Comm, worker: number): void {
  const entry = known(state, worker);
  entry.status = 'ready';
  if (entry.outstanding.length > 0 && !state.isStopping) handOver(state, comm, entry);
  touch(state, entry);
  answerAll(state, comm);
}

/** Cases of the blocks in hand that are tried again. */
const again: number[] = [];

/**
 * Result blocks came. They go to the journal as they are; counts are taken from their headers. Blocks that this
 * worker was not to return next end the run: either side's books are wrong then.
 */
export function onResults(state: CoordinatorState, comm: Comm, worker: number, blocks: Uint8Array): void {
  const entry = known(state, worker);
  const { outstanding, team } = entry;
  const { scheduler, slowest, tasks } = state;
  const { ledger } = state.options;
  const isLearning = scheduler.observeBlock !== undefined;
  const view = new DataView(blocks.buffer, blocks.byteOffset, blocks.byteLength);
  let cases = 0;
  let failed = 0;
  again.length = 0;
  let elapsedMs = 0;
  let blockCount = 0;
  let ranges = 0;
  for (let at = 0; at < blocks.byteLength; ) {
    const first = view.getFloat64(at, true);
    const count = view.getUint32(at + 24, true);
    if (team) {
      if (!takeFromTeam(team, first, count)) throw noPart(worker, first, count);
    } else {
      const ended = outstanding.takeRun(first, count);
      if (ended < 0) throw noPart(worker, first, count);
      ranges += ended;
    }
    if (count > entry.largestBlock) entry.largestBlock = count;
    cases += count;
    const blockMs = view.getFloat64(at + 16, true);
    elapsedMs += blockMs;
    const hasFailures = view.getUint32(at + 36, true) > 0;
    if (isLearning) scheduler.observeBlock?.(blockWorker(view, at), first, count, blockMs, !hasFailures);
    if (blockMs > count * slowest.thresholdMs) {
      const caseMs = blockMs / count;
      slowest.add({ first, count, caseMs, worker: blockWorker(view, at), attempt: blockAttempt(view, at) });
    }
    if (hasFailures) failed += sortFailures(state, comm, blocks, at, again);
    ledger?.observeBlock(first, count, blockMs, !hasFailures);
    tasks?.complete(first, count);
    at += blockHeaderBytes + view.getUint32(at + 28, true);
    blockCount++;
  }
  if (blockCount === 0) return;
  if (ledger) for (const index of again) ledger.comesAgain(index);
  onReturned(state, comm, entry, blocks, { cases, failed, elapsedMs, parts: Math.max(blockCount, ranges) });
}

/** What result blocks amount to. */
export interface Returned {
  readonly cases: number;
  readonly failed: number;
  readonly elapsedMs: number;
  /** Blocks, or ranges where blocks span several. */
  readonly parts: number;
}

/** Blocks whose cases have been taken off what the worker had to return. */
export function onReturned(
  state: CoordinatorState,
  comm: Comm,
  entry: WorkerState,
  blocks: Uint8Array,
  { cases, failed, elapsedMs, parts }: Returned,
): void {
  state.inFlight -= cases;
  const final = cases - again.length;
  const position =
    again.length === 0 ? comm.persist(blocks, cases) : comm.persistRetries(blocks, again, final);
  count(state, position, blocks.byteLength, final, failed);
  entry.done += final;
  entry.failed += failed;
  entry.held -= cases;
  if (entry.isAlone && entry.held === 0) endAlone(state, entry);
  // A block is a part of a range or several of them. A clock that did not move must not look like a worker that was
  // never measured.
  const meanMs = Math.max(elapsedMs / parts, 1e-6);
  entry.blockMs = entry.blockMs === 0 ? meanMs : entry.blockMs + 0.2 * (meanMs - entry.blockMs);
  entry.caseMs += (entry.caseMs === 0 ? 1 : 0.2) * (elapsedMs / cases - entry.caseMs);
  state.scheduler.observe(cases, elapsedMs);
  noticeSurplus(state, entry);
  touch(state, entry);
}

/** A worker gives back what it has not begun: the last of what it was given, or of a team any of it. */
export function onReleased(
  state: CoordinatorState,
  comm: Comm,
  worker: number,
  ranges: readonly Assignment[],
  credit?: Credit,
): void {
  const entry = known(state, worker);
  const { team, outstanding } = entry;
  noLongerAsked(state, entry);
  if (ranges.length === 0) entry.isSpent = true;
  if (team && credit) heed(team, credit);
  for (const { first, count: length } of ranges) {
    const isIts = team ? takeFromTeam(team, first, length) : outstanding.takeTail(first, length);
    if (!isIts) throw noPart(worker, first, length);
    entry.held -= length;
    state.inFlight -= length;
    giveBack(state, first, length);
  }
  feedHungry(state, comm);
  touch(state, entry);
  answerAll(state, comm);
}

/** All that waited has been read: each worker that returned something is answered once. */
export function onDrained(state: CoordinatorState, comm: Comm): void {
  answerAll(state, comm);
}

/** A moment came that `comm.wakeAt` asked for: whoever can take more is given it. */
export function onTime(state: CoordinatorState, comm: Comm): void {
  if (state.isStopping) return;
  releaseDue(state, comm);
  wakeAtDeadline(state, comm);
  touchAll(state);
  answerAll(state, comm);
}

/** The journal is on disk up to `position`. */
export function onDurable(state: CoordinatorState, comm: Comm, position: number): void {
  let passed = 0;
  for (const mark of state.marks) {
    if (mark.position > position) break;
    state.durable = mark.done;
    state.durableFailed = mark.failed;
    passed++;
  }
  state.marks.splice(0, passed);
  if (state.isThrottled && comm.backlogBytes() < state.options.backlogLimitBytes / 2) {
    state.isThrottled = false;
    touchAll(state);
    answerAll(state, comm);
  } else if (state.isHoldingBack && state.marks.length === 0) {
    state.isHoldingBack = false;
    touchAll(state);
    answerAll(state, comm);
  }
}

/** A worker is gone. What it was computing answers for that; everything else that it held goes to others. */
export function onLost(state: CoordinatorState, comm: Comm, worker: number, loss: Loss): void {
  const entry = known(state, worker);
  if (entry.status === 'gone') return;
  const { status } = entry;
  entry.status = 'gone';
  entry.isLost = true;
  // The end of a worker that was told to stop, or has not begun, is nobody's fault.
  settleLoss(state, comm, entry, status === 'ready' ? loss : { ...loss, running: [] });
  if (entry.team) loseTeam(state, entry, entry.team);
  noLongerAsked(state, entry);
  state.scheduler.release(worker);
  touchAll(state);
  answerAll(state, comm);
}

/** On which host a worker is whose process can be replaced, and what memory that has. */
export function onPlaced(state: CoordinatorState, worker: number, home: Home): void {
  const entry = state.workers.get(worker);
  if (entry && !entry.team && state.options.memory) entry.home = home;
}

/** A worker comes late, or a new process under the number of a lost one. */
export function onJoined(state: CoordinatorState, worker: number): void {
  const done = state.workers.get(worker)?.done ?? 0;
  state.workers.set(worker, { ...newWorker(worker), done });
}

/** No new cases: every worker is told to stop after what it is computing. */
export function onStop(state: CoordinatorState, comm: Comm): void {
  if (state.isStopping) return;
  state.isStopping = true;
  for (const entry of state.workers.values()) {
    if (entry.status === 'gone') continue;
    entry.status = 'stopping';
    comm.stopWorker(entry.worker);
  }
}

/** The worker has sent all it will. */
export function onBye(state: CoordinatorState, comm: Comm, worker: number): void {
  const entry = known(state, worker);
  // It has ended what it had begun: nothing that it still holds is suspect.
  if (!state.isStopping) onLost(state, comm, worker, { how: 'left', running: [] });
  entry.isLost = false;
  entry.status = 'gone';
}

/** All workers are sent home before any has begun; they leave without a word. */
export function onDismissed(state: CoordinatorState): void {
  state.isStopping = true;
  for (const entry of state.workers.values()) entry.status = 'gone';
}

/** True when nothing waits and nothing is computed; what was returned may still be on its way to the disk. */
export function isAllDone(state: CoordinatorState): boolean {
  const { inFlight, suspects, raised, delayed, late, scheduler } = state;
  const waiting = suspects.length + raised.length + delayed.length + late.length;
  return inFlight === 0 && waiting === 0 && scheduler.remaining === 0;
}

/** True when everything is done and durable. */
export function isComplete(state: CoordinatorState): boolean {
  return isAllDone(state) && state.marks.length === 0;
}

/** True when every worker is gone. */
export function isDeserted(state: CoordinatorState): boolean {
  for (const { status, team } of state.workers.values()) {
    if (status !== 'gone' && team?.members.length !== 0) return false;
  }
  return true;
}

/** A node coordinator computes nothing itself: no case of its workers has ended it. */
function loseTeam(state: CoordinatorState, entry: WorkerState, { members, outstanding }: Team): void {
  entry.held = 0;
  for (const { first, count: lost } of [...outstanding]) {
    giveBack(state, first, lost);
    outstanding.delete(first, lost);
    state.inFlight -= lost;
  }
  for (const member of members) state.scheduler.release(member);
}

export function noPart(worker: number, first: number, count: number): Error {
  return new Error(
    `worker ${worker} returned cases ${first} to ${first + count - 1}, which it had no part in`,
  );
}

export function known(state: CoordinatorState, worker: number): WorkerState {
  const entry = state.workers.get(worker);
  if (!entry) throw new Error(`a message came from worker ${worker}, which never joined`);
  return entry;
}

function wakeAtDeadline(state: CoordinatorState, comm: Comm): void {
  if (hasDeadline(state)) comm.wakeAt(state.options.deadlineMs);
}

export function answerAll(state: CoordinatorState, comm: Comm): void {
  answerTouched(state, comm);
  const isIdle = state.late.length > 0 && state.inFlight === 0 && !state.isStopping;
  if (!isIdle || !reconsiderLate(state, comm)) return;
  touchAll(state);
  answerTouched(state, comm);
}

function answerTouched(state: CoordinatorState, comm: Comm): void {
  const { touched, scheduler } = state;
  if (scheduler.pieces !== undefined && scheduler.pieces < 2 * touched.length) {
    // Where little is left each gets one before any gets two.
    for (const entry of touched) if (entry.held === 0) refill(state, comm, entry, 1);
  }
  for (const entry of state.touched) {
    entry.isTouched = false;
    refill(state, comm, entry);
  }
  state.touched.length = 0;
  if (state.tasks) followEndings(state, comm);
  if (state.hungry.length > 0) steal(state, comm);
}
