/** What the root does when a node coordinator says something of its workers. */
import type { Digest, GivenUp } from '../messages/message.js';
import type { Comm } from './comm.js';
import { giveUp } from './loss.js';
import { answerAll, known, noPart, onResults, onReturned } from './reactor.js';
import { endCase } from './retry.js';
import type { CoordinatorState, WorkerState } from './state.js';
import { heed, removeMember, type Team, takeFromTeam } from './team.js';
import { touch } from './touch.js';

/** Result blocks of its workers. Their headers have been read where they were gathered. */
export function onBundle(
  state: CoordinatorState,
  comm: Comm,
  worker: number,
  blocks: Uint8Array,
  digest: Digest,
): void {
  const [entry, team] = knownTeam(state, worker);
  heed(team, digest.credit);
  // Failures and the slowest cases are looked at one by one, and some schedulers learn from each block.
  const isPlain = digest.failedBlocks === 0 && digest.longestMs <= state.slowest.thresholdMs;
  if (!isPlain || state.scheduler.observeBlock || state.tasks) {
    onResults(state, comm, worker, blocks);
    return;
  }
  if (digest.blocks === 0) {
    touch(state, entry);
    return;
  }
  for (const { first, count: length } of digest.runs) {
    if (!takeFromTeam(team, first, length)) throw noPart(worker, first, length);
  }
  const { cases, elapsedMs, blocks: parts } = digest;
  state.options.ledger?.observeRuns(digest.runs, parts, elapsedMs);
  onReturned(state, comm, entry, blocks, { cases, failed: 0, elapsedMs, parts });
}

/** Who its workers are, when it comes: one may have taken the place of another since it was counted. */
export function onMembers(state: CoordinatorState, worker: number, members: readonly number[]): void {
  const [, team] = knownTeam(state, worker);
  const gone = team.members.filter((member) => !members.includes(member));
  team.members.splice(0, team.members.length, ...members);
  for (const member of gone) state.scheduler.release(member);
}

/** So many of its workers can compute. */
export function onTeam(state: CoordinatorState, comm: Comm, worker: number, ready: number): void {
  const [entry, team] = knownTeam(state, worker);
  team.ready = ready;
  touch(state, entry);
  answerAll(state, comm);
}

/** One of its workers is gone for good, and perhaps another has come. */
export function onMemberLost(
  state: CoordinatorState,
  worker: number,
  member: number,
  successor: number | undefined,
): void {
  const [, team] = knownTeam(state, worker);
  removeMember(team, member);
  if (successor !== undefined) team.members.push(successor);
  state.scheduler.release(member);
}

/** A case has ended too many of its workers. */
export function onGivenUp(
  state: CoordinatorState,
  comm: Comm,
  worker: number,
  { first, attempt, failure, isLast, spent, credit }: Omit<GivenUp, 'kind'>,
): void {
  const [entry, team] = knownTeam(state, worker);
  if (!takeFromTeam(team, first, 1)) throw noPart(worker, first, 1);
  heed(team, credit);
  state.inFlight--;
  entry.held--;
  if (isLast) giveUp(state, comm, first, attempt, failure, spent);
  else endCase(state, comm, first, attempt, failure, spent);
  touch(state, entry);
}

function knownTeam(state: CoordinatorState, worker: number): [WorkerState, Team] {
  const entry = known(state, worker);
  if (!entry.team) throw new Error(`worker ${worker} speaks as a node coordinator, which it is not`);
  return [entry, entry.team];
}
