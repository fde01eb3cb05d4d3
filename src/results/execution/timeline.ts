/** What each rank computed when, as spans in lanes in which nothing overlaps. */
import type { JournalIndex } from '../../store/journal/journal-index.js';

/** One block, or several of one session and one lane that were joined because there are too many to show. */
export interface Span {
  /** ms since the epoch, by the rank's clock. */
  readonly startMs: number;
  readonly endMs: number;
  /** Time of it in which a block was computed. */
  readonly busyMs: number;
  readonly blocks: number;
  /** First case of the first block, and cases of all of them. */
  readonly first: number;
  readonly cases: number;
  readonly failed: number;
  /** The highest. */
  readonly attempt: number;
  readonly session: number;
}

export interface Lane {
  readonly host: string;
  readonly worker: number;
  /** A rank that computes several cases at once has a lane for each: 0, 1, … */
  readonly lane: number;
  /** In the order of time. */
  readonly spans: readonly Span[];
}

export interface Timeline {
  /** By host, then by worker. */
  readonly lanes: readonly Lane[];
  /** Cases that ended without being computed, such as those given up after they had ended several workers. */
  readonly instants: readonly { readonly ms: number; readonly first: number; readonly cases: number }[];
  /** Blocks that begin within this time of a span are part of it; 0 where each block is a span. */
  readonly joinedMs: number;
}

/** `failed`: cases of each block that did not complete. About `mostSpans` spans at most, whatever the run. */
export function timelineOf(
  index: JournalIndex,
  failed: ReadonlyMap<number, number>,
  mostSpans: number,
): Timeline {
  const { blocks } = index;
  const ranks = blocksByRank(index);
  const joinedMs = blocks.length > mostSpans ? joiningTime(index, ranks.length, mostSpans) : 0;
  const instants: { ms: number; first: number; cases: number }[] = [];
  const lanes = ranks.flatMap(({ host, worker, members }) => {
    const open: OpenSpan[][] = [];
    for (const b of members) {
      if (blocks.elapsedMs[b] === 0 && failed.has(b)) {
        instants.push({ ms: blocks.startedMs[b]!, first: blocks.first[b]!, cases: blocks.count[b]! });
      } else {
        place(open, index, b, failed.get(b) ?? 0, joinedMs);
      }
    }
    return open.map((spans, lane): Lane => ({ host, worker, lane, spans }));
  });
  return { lanes, instants, joinedMs };
}

interface RankBlocks {
  readonly host: string;
  readonly worker: number;
  /** Places in the list of blocks, by start. */
  readonly members: Uint32Array;
}

function blocksByRank({ blocks, sessions }: JournalIndex): RankBlocks[] {
  const found = new Map<string, { host: string; worker: number; count: number }>();
  const ofSession = sessions.map(() => new Map<number, { count: number }>());
  const rankOf = (b: number): { count: number } => {
    const session = blocks.session[b]!;
    const worker = blocks.worker[b]!;
    const known = ofSession[session]?.get(worker);
    if (known) return known;
    const host = sessions[session]?.hosts.get(worker) ?? 'unknown host';
    const key = `${host} ${worker}`;
    const rank = found.get(key) ?? { host, worker, count: 0 };
    found.set(key, rank);
    ofSession[session]?.set(worker, rank);
    return rank;
  };
  for (let b = 0; b < blocks.length; b++) rankOf(b).count++;
  const ranks = new Map([...found.values()].map((rank) => [rank, new Uint32Array(rank.count)] as const));
  for (const rank of found.values()) rank.count = 0;
  for (let b = 0; b < blocks.length; b++) {
    const rank = rankOf(b) as { host: string; worker: number; count: number };
    ranks.get(rank)![rank.count++] = b;
  }
  for (const members of ranks.values()) sortByStart(members, blocks.startedMs);
  return [...ranks]
    .map(([{ host, worker }, members]) => ({ host, worker, members }))
    .sort((a, b) => compareText(a.host, b.host) || a.worker - b.worker);
}

/** Blocks of a rank nearly always come in this order, and looking is faster than sorting. */
function sortByStart(members: Uint32Array, startedMs: Float64Array): void {
  const isSorted = members.every((b, i) => i === 0 || startedMs[members[i - 1]!]! <= startedMs[b]!);
  if (!isSorted) members.sort((a, b) => startedMs[a]! - startedMs[b]! || a - b);
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Sessions may lie days apart: what counts is the time in which something was computed. */
function joiningTime({ blocks, sessions }: JournalIndex, ranks: number, mostSpans: number): number {
  const first = new Float64Array(Math.max(1, sessions.length)).fill(Number.POSITIVE_INFINITY);
  const last = new Float64Array(first.length);
  for (let b = 0; b < blocks.length; b++) {
    const session = blocks.session[b]!;
    const startMs = blocks.startedMs[b]!;
    first[session] = Math.min(first[session]!, startMs);
    last[session] = Math.max(last[session]!, startMs + blocks.elapsedMs[b]!);
  }
  const lengthMs = last.reduce((sum, end, session) => sum + Math.max(0, end - first[session]!), 0);
  return Math.max(1e-3, (lengthMs * ranks) / mostSpans);
}

type OpenSpan = { -readonly [K in keyof Span]: Span[K] };

/** Clocks and their rounding: a block may begin this much before the one in front of it ends. */
const toleranceMs = 0.05;

/** Puts block `b` behind what ends before it starts, in a new lane where every one is occupied. */
function place(
  lanes: OpenSpan[][],
  { blocks }: JournalIndex,
  b: number,
  failed: number,
  joinedMs: number,
): void {
  const startMs = blocks.startedMs[b]!;
  const endMs = startMs + blocks.elapsedMs[b]!;
  let lane = lanes.find((spans) => spans.at(-1)!.endMs <= startMs + toleranceMs);
  if (!lane) {
    lane = [];
    lanes.push(lane);
  }
  const last = lane.at(-1);
  const session = blocks.session[b]!;
  if (last && last.session === session && joinedMs > 0 && startMs < last.startMs + joinedMs) {
    last.busyMs += Math.max(0, endMs - Math.max(startMs, last.endMs));
    last.endMs = Math.max(last.endMs, endMs);
    last.blocks++;
    last.cases += blocks.count[b]!;
    last.failed += failed;
    last.attempt = Math.max(last.attempt, blocks.attempt[b]!);
    return;
  }
  const from = Math.max(startMs, last?.endMs ?? startMs);
  const to = Math.max(from, endMs);
  lane.push({
    ...{ startMs: from, endMs: to, busyMs: to - from, blocks: 1, session, failed },
    ...{ first: blocks.first[b]!, cases: blocks.count[b]!, attempt: blocks.attempt[b]! },
  });
}
