/**
 * Cases that get a process of their own: fresh, so that what earlier cases left in its memory is not charged to them, and
 * with more memory where they ran out of it before.
 */
import type { MemoryRules } from '../messages/message.js';
import type { Comm } from './comm.js';
import { grantFor } from './grant.js';
import type { CoordinatorState, Home, WorkerState } from './state.js';

/** Of a host's memory: the rest is for the system, for coordinators, and for workers that compute nothing. */
export const hostPart = 0.9;

/** True for a case that ran out of memory and may have more now. */
export function isRaised({ options: { memory }, shortages }: CoordinatorState, index: number): boolean {
  // Nearly always nothing has, and this is asked of each chunk.
  if (shortages.size === 0 || !memory) return false;
  return memory.factor > 1 && Number.isFinite(memory.limitBytes) && shortages.has(index);
}

/** How much a case may have on a host of so much memory that ran out of `hadBytes`, or 0 where it never has. */
export function limitAfter(
  hadBytes: number,
  { limitBytes, factor }: MemoryRules,
  memoryBytes: number,
): number {
  return Math.max(limitBytes, Math.min(hadBytes * factor, Math.floor(hostPart * memoryBytes)));
}

function limitOf({ options, shortages }: CoordinatorState, { memoryBytes }: Home, index: number): number {
  return limitAfter(shortages.get(index) ?? 0, options.memory ?? unlimited, memoryBytes);
}

/** The case has failed for want of memory. A kernel that says so itself knows nothing of limits. */
export function noteShortage(
  { options, shortages }: CoordinatorState,
  index: number,
  memoryBytes?: number,
): void {
  const { limitBytes, factor } = options.memory ?? unlimited;
  const before = shortages.get(index) ?? 0;
  shortages.set(index, Math.max(before, memoryBytes ?? Math.max(limitBytes, before * factor)));
}

/** Whether there is room for the case on the worker's host, beside what is computed there. */
export function hasRoom(state: CoordinatorState, entry: WorkerState, index: number): boolean {
  return !entry.home || isWithin(state, entry, entry.home, limitOf(state, entry.home, index));
}

/** True while a case that has more memory than others leaves no room for another one on the worker's host. */
export function isCrowded(state: CoordinatorState, entry: WorkerState): boolean {
  return entry.home !== undefined && !isWithin(state, entry, entry.home, baseBytes(state));
}

/** The limits of all that computes on a host stay within what the host has; a case that nothing runs beside fits. */
function isWithin(state: CoordinatorState, entry: WorkerState, home: Home, ownBytes: number): boolean {
  if (state.shortages.size === 0) return true;
  let bytes = ownBytes;
  let others = 0;
  let isAnyRaised = bytes > baseBytes(state);
  for (const other of neighbours(state, entry)) {
    if (other.outstanding.length === 0) continue;
    others++;
    bytes += other.raisedBytes ?? baseBytes(state);
    if (other.raisedBytes !== undefined) isAnyRaised = true;
  }
  // How many workers a host has room for otherwise is for whoever started them to say.
  return !isAnyRaised || others === 0 || bytes <= hostPart * home.memoryBytes;
}

/** Lives, is no guest, and is on the same host. */
function* neighbours(state: CoordinatorState, entry: WorkerState): Generator<WorkerState> {
  for (const other of state.workers.values()) {
    const isThere = other.status !== 'gone' && other.home?.host === entry.home?.host;
    if (isThere && other !== entry && other.home) yield other;
  }
}

/** The worker, which holds nothing, computes these cases and nothing beside them; in a fresh process where they need one. */
export function giveAlone(
  state: CoordinatorState,
  comm: Comm,
  entry: WorkerState,
  first: number,
  count: number,
  attempt: number,
): void {
  state.alone++;
  entry.isAlone = true;
  entry.held += count;
  state.inFlight += count;
  entry.outstanding.push(first, count, attempt);
  const { home } = entry;
  const bytes = home ? limitOf(state, home, first) : baseBytes(state);
  const needsFresh = isRaised(state, first) || state.unproven.has(first);
  const isRight = bytes === (entry.raisedBytes ?? baseBytes(state));
  if (home && !(isRight && !(needsFresh && entry.isUsed))) renew(state, comm, entry, bytes);
  else handOver(state, comm, entry);
}

/** It has come up in its fresh process, and begins what it was to have there. */
export function handOver(state: CoordinatorState, comm: Comm, entry: WorkerState): void {
  const { headFirst, headCount, headAttempt } = entry.outstanding;
  entry.isUsed = true;
  grantFor(state, comm, entry.worker, headFirst);
  comm.assign(entry.worker, headFirst, headCount, headAttempt, true);
  comm.flush(entry.worker);
}

/** For cases like all others again. */
export function renewForOthers(state: CoordinatorState, comm: Comm, entry: WorkerState): void {
  renew(state, comm, entry, baseBytes(state));
}

/** Until its process is ready the worker gets nothing. */
function renew(state: CoordinatorState, comm: Comm, entry: WorkerState, bytes: number): void {
  entry.status = 'joining';
  entry.isUsed = false;
  entry.raisedBytes = bytes > baseBytes(state) ? bytes : undefined;
  comm.renew(entry.worker, bytes);
}

function baseBytes({ options }: CoordinatorState): number {
  return (options.memory ?? unlimited).limitBytes;
}

const unlimited: MemoryRules = { limitBytes: Number.POSITIVE_INFINITY, factor: 1 };
