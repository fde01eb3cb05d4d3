/**
 * A node coordinator as the root sees it: one worker with many hands. It is given pieces as its workers would be, joined
 * to ranges where they follow one another, and returns them in any order.
 */
import type { Credit } from '../messages/message.js';
import { RangeSet } from '../schedule/ranges.js';
import type { Scheduler } from '../schedule/scheduler.js';
import type { Chunk } from '../schedule/work-queue.js';

export interface Team {
  /** Its workers, for whom the scheduler is asked in turn: a strategy decides as if they stood before it themselves. */
  readonly members: number[];
  /** The one whose turn is next, as a place in `members`. */
  turn: number;
  /** Members that can compute. */
  ready: number;
  /** Cases that it has been given and not returned. */
  readonly outstanding: RangeSet;
  /** Pieces that it has been sent in all, and those of them that are not done. */
  sent: number;
  pieces: number;
  /** Cases of the last piece it was given. */
  piece: number;
}

/** Consecutive pieces of one size, the last one smaller perhaps: what a node coordinator cuts into the same pieces again. */
export interface PieceRun extends Chunk {
  piece: number;
}

/** Work that a node coordinator holds beyond what its workers do, as time: what they need until the root has answered. */
export const teamAheadMs = 20;

/** Cases in a range are counted in 32 bits. */
const mostCases = 0xffff_ffff;

export function newTeam(members: readonly number[]): Team {
  return {
    members: [...members],
    turn: 0,
    ready: 0,
    outstanding: new RangeSet(),
    sent: 0,
    pieces: 0,
    piece: 1,
  };
}

/** Pieces that it may hold, where one of its workers may hold `depth`. */
export function teamDepth({ ready }: Team, blockMs: number, depth: number, depthLimit: number): number {
  if (blockMs === 0) return ready;
  return Math.min(ready * depth + Math.floor((teamAheadMs * ready) / blockMs), ready * depthLimit);
}

/** Blocks are parts of pieces: the number of pieces alone would let it hold any number of long ones. */
export function isTeamFull(
  { ready, pieces, piece }: Team,
  { held, caseMs }: { readonly held: number; readonly caseMs: number },
  workerAheadMs: number,
): boolean {
  return pieces > ready && (held - ready * piece) * caseMs > ready * (workerAheadMs + teamAheadMs);
}

/** The next chunk for one of its workers; false when there is none for any. */
export function nextForTeam(scheduler: Scheduler, team: Team, out: Chunk): boolean {
  const { members } = team;
  for (let tried = 0; tried < members.length; tried++) {
    const member = members[team.turn % members.length] as number;
    team.turn = (team.turn + 1) % members.length;
    if (scheduler.next(member, out)) return true;
  }
  return false;
}

/** Adds a chunk to the run when it is the next piece of it. */
export function continueRun(run: PieceRun, { first, count }: Readonly<Chunk>): boolean {
  const isNext = first === run.first + run.count && count <= run.piece && run.count % run.piece === 0;
  if (run.count === 0 || !isNext || run.count + count > mostCases) return false;
  run.count += count;
  return true;
}

/** Takes back what it returned, whatever its place; false when it had no part in some of it. */
export function takeFromTeam({ outstanding }: Team, first: number, count: number): boolean {
  return outstanding.delete(first, count) === count;
}

/** What it said of its pieces is from before it received what is still on its way. */
export function heed(team: Team, { received, held }: Credit): void {
  team.pieces = held + team.sent - received;
}

export function removeMember(team: Team, member: number): void {
  const place = team.members.indexOf(member);
  if (place >= 0) team.members.splice(place, 1);
}
