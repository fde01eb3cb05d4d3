/** What a node coordinator does when the root or one of its workers says something, or time has passed. */
import type { Loss } from '../../messages/loss.js';
import type { Assignment, SharedRange } from '../../messages/message.js';
import * as crewReactor from '../reactor.js';
import { askFullest } from '../steal.js';
import { creditOf, passOn } from './gathering.js';
import type { NodeState } from './state.js';

/** Results wait at most this long for company on their way to the root: its part of the work goes by messages. */
const passMs = 5;

/** While workers wait for work the root must hear of it, at most this often. */
const hurryMs = 1;

/** The root sends work. A range that may have ended a worker is tried case by case. */
export function onShare(node: NodeState, ranges: readonly SharedRange[]): void {
  const { crew, feed, down } = node;
  for (const { first, count, attempt, piece, isAlone, shortageBytes = 0 } of ranges) {
    node.received += Math.ceil(count / piece);
    if (shortageBytes > 0) for (let i = 0; i < count; i++) crew.shortages.set(first + i, shortageBytes);
    if (isAlone) {
      crew.suspects.push(first, count, attempt);
      continue;
    }
    // What the root has tried before is one case a piece.
    if (attempt > 1) for (let i = 0; i < count; i++) crew.attempts.failed(first + i, attempt - 1);
    feed.add(first, count, piece);
  }
  crewReactor.onTime(crew, down);
}

/** The root asks for work back: the half of the pieces that wait, or what one of the workers can spare. */
export function onRevoke(node: NodeState): void {
  const { crew, feed, down, rules } = node;
  if (feed.pieces === 0 && rules.takesBack === 'anything') askFullest(crew, down, 1);
  node.isAsked = true;
  answerRoot(node);
}

/** No new cases. */
export function onStop({ crew, down }: NodeState): void {
  crewReactor.onStop(crew, down);
}

export function onMemberReady(node: NodeState, worker: number): void {
  crewReactor.onReady(node.crew, node.down, worker);
}

export function onMemberResults(node: NodeState, worker: number, blocks: Uint8Array): void {
  crewReactor.onResults(node.crew, node.down, worker, blocks);
}

export function onMemberReleased(node: NodeState, worker: number, ranges: readonly Assignment[]): void {
  crewReactor.onReleased(node.crew, node.down, worker, ranges);
}

export function onMemberLost(node: NodeState, worker: number, loss: Loss): void {
  crewReactor.onLost(node.crew, node.down, worker, loss);
}

export function onMemberJoined(node: NodeState, worker: number): void {
  crewReactor.onJoined(node.crew, worker);
}

export function onMemberBye(node: NodeState, worker: number): void {
  crewReactor.onBye(node.crew, node.down, worker);
}

/** All that waited has been read: workers are answered, and the root hears what is due. */
export function onDrained(node: NodeState): void {
  const { crew, down, up } = node;
  crewReactor.onDrained(crew, down);
  // Nothing here waits for a disk.
  crewReactor.onDurable(crew, down, node.gatheredBytes);
  answerRoot(node);
  tellTeam(node);
  if (node.gathering.isEmpty) return;
  const waitMs = crew.isStopping ? 0 : isShort(node) ? hurryMs : passMs;
  const dueMs = node.passedAtMs + waitMs;
  if (up.nowMs() >= dueMs) passOn(node);
  else up.wakeAt(dueMs);
}

/** A moment came that was asked for. */
export function onTime(node: NodeState): void {
  crewReactor.onTime(node.crew, node.down);
  onDrained(node);
}

/** True when every worker has said its bye or is lost: nothing comes any more. */
export function isOver({ crew }: NodeState): boolean {
  return crewReactor.isDeserted(crew);
}

/** Once what was asked of a worker has come, or cannot come any more. */
function answerRoot(node: NodeState): void {
  const { crew, feed, up } = node;
  if (!node.isAsked || crew.asked > 0) return;
  node.isAsked = false;
  const ranges: Assignment[] = [];
  feed.takeLast(Math.ceil(feed.pieces / 2), (first, count) => {
    ranges.push({ first, count, attempt: crew.attempts.next(first) });
  });
  up.sendReleased(ranges, creditOf(node));
}

function tellTeam(node: NodeState): void {
  let ready = 0;
  for (const { status } of node.crew.workers.values()) if (status === 'ready') ready++;
  if (ready === node.toldReady) return;
  node.toldReady = ready;
  node.up.sendTeam(ready);
}

/** True while a worker has nothing to do, and there is nothing here for it. */
function isShort({ crew, feed }: NodeState): boolean {
  if (feed.remaining > 0) return false;
  for (const { status, outstanding } of crew.workers.values()) {
    if (status === 'ready' && outstanding.length === 0) return true;
  }
  return false;
}
