/**
 * Takes back what workers have not begun, for those who have nothing to do.
 *
 * It ends: a worker gives back at most what it has not begun, and one that computes nothing keeps a case. So whoever is
 * given something computes it, or a part of it, before it can have nothing again, and each worker is helped at most once
 * for every result that it returns. Who had nothing to give is not asked again before it is given something. And each
 * question has one answer, or the worker's loss: no case is in two places, and none in no place.
 */
import type { Scheduler } from '../schedule/scheduler.js';
import type { Comm } from './comm.js';
import { refill } from './refill.js';
import type { CoordinatorState, WorkerState } from './state.js';

/** Less than this much unstarted work is not worth two messages. */
const worthMs = 1;

/** Asks the workers with most unstarted work, as many as there are hungry ones that nobody has been asked for. */
export function steal(state: CoordinatorState, comm: Comm): void {
  if (state.isStopping || state.isDry || state.hungry.length <= state.asked) return;
  if (state.scheduler.takesBack === 'nothing') return;
  dropFed(state);
  const wanted = state.hungry.length - state.asked;
  if (wanted > 0) askFullest(state, comm, wanted);
}

/** Asks up to `most` workers, those with most unstarted work first. */
export function askFullest(state: CoordinatorState, comm: Comm, most: number): void {
  const { takesBack } = state.scheduler;
  const victims: { readonly entry: WorkerState; readonly surplus: number }[] = [];
  for (const entry of state.workers.values()) {
    if (entry.status !== 'ready' || entry.isAsked || entry.isSpent || entry.isAlone) continue;
    if (takesBack === 'pieces' && !entry.team) continue;
    const surplus = surplusMs(entry, takesBack);
    if (surplus > worthMs) victims.push({ entry, surplus });
  }
  if (victims.length <= most) state.isDry = true;
  victims.sort((a, b) => b.surplus - a.surplus);
  for (const { entry } of victims.slice(0, most)) {
    entry.isAsked = true;
    state.asked++;
    comm.revoke(entry.worker);
  }
}

/** Gives what has come to those who have nothing, in the order in which they ran out. */
export function feedHungry(state: CoordinatorState, comm: Comm): void {
  const waiting = state.hungry.length;
  let seen = 0;
  const left = (): number => state.tasks?.readyCount ?? state.scheduler.remaining;
  while (seen < waiting && left() > 0) {
    const entry = state.hungry[seen++] as WorkerState;
    entry.isHungry = false;
    // Whoever still gets nothing puts itself in the list again.
    refill(state, comm, entry);
  }
  state.hungry.splice(0, seen);
}

/** A worker that was measured, or has come to an end of a range, may have become worth asking. */
export function noticeSurplus(state: CoordinatorState, entry: WorkerState): void {
  if (
    state.isDry &&
    state.hungry.length > 0 &&
    !entry.isSpent &&
    surplusMs(entry, state.scheduler.takesBack) > worthMs
  ) {
    state.isDry = false;
  }
}

/** The worker answers, or is lost. */
export function noLongerAsked(state: CoordinatorState, entry: WorkerState): void {
  if (!entry.isAsked) return;
  entry.isAsked = false;
  state.asked--;
}

/** Time of what this worker holds beyond what it may be computing. */
function surplusMs(
  { team, outstanding, held, caseMs, blockMs, largestBlock }: WorkerState,
  takesBack: Scheduler['takesBack'],
): number {
  if (team && takesBack === 'pieces') return (team.pieces - team.ready) * blockMs;
  if (team) return held * caseMs - team.ready * blockMs;
  if (outstanding.length === 0) return 0;
  return (held - Math.min(outstanding.headCount, largestBlock)) * caseMs;
}

function dropFed(state: CoordinatorState): void {
  const hungry = state.hungry.filter((entry) => {
    entry.isHungry = entry.status === 'ready' && isShort(entry);
    return entry.isHungry;
  });
  state.hungry.length = 0;
  state.hungry.push(...hungry);
}

function isShort({ team, outstanding }: WorkerState): boolean {
  return team ? team.pieces < team.ready : outstanding.length === 0;
}
