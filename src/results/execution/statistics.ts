/** How a run was executed, in figures: counts, times, speed-up and how busy its ranks were. From block headers alone. */
import type { JournalIndex } from '../../store/journal/journal-index.js';
import { type RankTimes, rankTimes } from './rank-times.js';
import { type SessionSpan, sessionSpans } from './sessions.js';
import { isUncomputed } from './uncomputed.js';

/** Times are in ms. Those of tasks are of the results that count; a task in a block of several has their mean. */
export interface ExecutionStatistics {
  /** Cases asked for. */
  readonly totalTasks: number;
  readonly successful: number;
  readonly failed: number;
  readonly timeout: number;
  readonly cancelled: number;
  /** Attempts beyond the first of each case that has a result; of one session those that it made. */
  readonly retries: number;
  /** Attempts that took too long, whether another followed or not. */
  readonly timeouts: number;
  /** Length of the sessions, from their start to the last result. */
  readonly totalTimeMs: number;
  /** What one rank would have needed: the sum of the times of all tasks. */
  readonly taskTimeMs: number;
  readonly avgTaskTimeMs: number;
  readonly minTaskTimeMs: number;
  readonly maxTaskTimeMs: number;
  /** `taskTimeMs / totalTimeMs`. */
  readonly speedup: number;
  /** Time in which ranks computed, as a part of all their time. */
  readonly utilisation: number;
  /** The rest of their time, by when it passed: before a rank's first case, between cases, behind its last. */
  readonly overhead: {
    readonly totalMs: number;
    readonly startMs: number;
    readonly betweenMs: number;
    readonly endMs: number;
  };
  /** Over all sessions, or of the one that was asked for. */
  readonly ranks: readonly RankStatistics[];
}

export interface RankStatistics {
  readonly session: number;
  readonly worker: number;
  readonly host?: string;
  readonly cases: number;
  readonly busyMs: number;
  /** Part of the session in which it computed. */
  readonly utilisation: number;
}

/** Cases by how they ended; `total` are those asked for. */
export interface StatusCounts {
  readonly total: number;
  readonly completed: number;
  readonly failed: number;
  readonly timeout: number;
  readonly cancelled: number;
  /** Attempts that took too long. */
  readonly timeouts: number;
}

/** Of the whole run, or of one session; `counts` are the caller's in either case. */
export function executionStatistics(
  index: JournalIndex,
  counts: StatusCounts,
  session?: number,
): ExecutionStatistics {
  const isWanted = (one: { readonly session: number }): boolean =>
    session === undefined || one.session === session;
  const spans = sessionSpans(index).filter(isWanted);
  const ranks = rankTimes(index).filter(isWanted);
  const tasks = taskTimes(index, session);
  const totalTimeMs = spans.reduce((sum, span) => sum + lengthOf(span), 0);
  const busyMs = ranks.reduce((sum, rank) => sum + rank.busyMs, 0);
  const bySession = new Map(spans.map((span) => [span.session, span]));
  const rankTimeMs =
    spans.reduce((sum, span) => sum + lengthOf(span) * span.ranks, 0) +
    ranks.reduce((sum, rank) => sum + joinedMs(rank, bySession.get(rank.session)), 0);
  return {
    totalTasks: counts.total,
    successful: counts.completed,
    ...{ failed: counts.failed, timeout: counts.timeout, cancelled: counts.cancelled },
    retries: session === undefined ? tasks.retries : retriesIn(index, session),
    timeouts: counts.timeouts,
    totalTimeMs,
    taskTimeMs: tasks.sumMs,
    avgTaskTimeMs: ratio(tasks.sumMs, tasks.count),
    minTaskTimeMs: tasks.count > 0 ? tasks.minMs : 0,
    maxTaskTimeMs: tasks.maxMs,
    speedup: ratio(tasks.sumMs, totalTimeMs),
    utilisation: Math.min(1, ratio(busyMs, rankTimeMs)),
    overhead: overheadOf(ranks, bySession, Math.max(0, rankTimeMs - busyMs)),
    ranks: ranks.map((rank) => statisticsOf(rank, bySession.get(rank.session))),
  };
}

const lengthOf = ({ startMs, endMs }: SessionSpan): number => endMs - startMs;

/** A worker that joined later was there from its first case to its last, as far as is known. */
function joinedMs({ worker, firstMs, lastMs }: RankTimes, span: SessionSpan | undefined): number {
  return span && worker >= span.ranks ? lastMs - firstMs : 0;
}

const ratio = (part: number, whole: number): number => (whole > 0 ? part / whole : 0);

function taskTimes(
  { pieces, blocks }: JournalIndex,
  session: number | undefined,
): { count: number; sumMs: number; minMs: number; maxMs: number; retries: number } {
  const times = { count: 0, sumMs: 0, minMs: Number.POSITIVE_INFINITY, maxMs: 0, retries: 0 };
  for (const { count, block } of pieces) {
    if (session !== undefined && blocks.session[block] !== session) continue;
    // The row of a case that was never tried has attempt 0.
    times.retries += count * Math.max(0, blocks.attempt[block]! - 1);
    if (isUncomputed(blocks, block)) continue;
    const caseMs = blocks.elapsedMs[block]! / blocks.count[block]!;
    times.count += count;
    times.sumMs += caseMs * count;
    if (caseMs < times.minMs) times.minMs = caseMs;
    if (caseMs > times.maxMs) times.maxMs = caseMs;
  }
  return times;
}

/** The attempt that a case has reached says what all sessions made together, and so nothing of a single one. */
function retriesIn({ blocks }: JournalIndex, session: number): number {
  let count = 0;
  for (let block = 0; block < blocks.length; block++) {
    if (blocks.session[block] === session && blocks.attempt[block]! > 1) count += blocks.count[block]!;
  }
  return count;
}

/** Clocks of hosts differ: a part that comes out negative by that is nothing. */
function overheadOf(
  ranks: readonly RankTimes[],
  spans: ReadonlyMap<number, SessionSpan>,
  totalMs: number,
): ExecutionStatistics['overhead'] {
  let startMs = 0;
  let betweenMs = 0;
  for (const rank of ranks) {
    startMs += Math.max(0, rank.firstMs - (spans.get(rank.session)?.startMs ?? rank.firstMs));
    betweenMs += Math.max(0, rank.lastMs - rank.firstMs - rank.busyMs);
  }
  startMs = Math.min(startMs, totalMs);
  betweenMs = Math.min(betweenMs, totalMs - startMs);
  return { totalMs, startMs, betweenMs, endMs: totalMs - startMs - betweenMs };
}

function statisticsOf(rank: RankTimes, span: SessionSpan | undefined): RankStatistics {
  const { session, worker, host, cases, busyMs } = rank;
  return {
    ...{ session, worker, cases, busyMs },
    ...(host === undefined ? {} : { host }),
    utilisation: span ? Math.min(1, ratio(busyMs, lengthOf(span))) : 0,
  };
}
