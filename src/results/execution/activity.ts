/** How busy each rank was over the length of the sessions, in equal bins of time. */
import type { JournalIndex } from '../../store/journal/journal-index.js';
import type { SessionSpan } from './sessions.js';

/** One session, and the ranks that computed in it. */
export interface SessionActivity {
  readonly session: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly binMs: number;
  /** By host, then by worker. */
  readonly ranks: readonly RankActivity[];
}

export interface RankActivity {
  readonly worker: number;
  readonly host: string;
  readonly cases: number;
  /** Part of each bin in which it computed, 0 to 1. */
  readonly busy: Float64Array;
  /** Cases that did not complete, by the bin in which they ended. */
  readonly failed: Float64Array;
}

/** `bins` of each session; `failed` as `failedCounts` gives them. */
export function sessionActivity(
  { blocks, sessions }: JournalIndex,
  spans: readonly SessionSpan[],
  failed: ReadonlyMap<number, number>,
  bins: readonly number[],
): SessionActivity[] {
  const ranks = spans.map(
    () => new Map<number, { cases: number; busy: Float64Array; failed: Float64Array }>(),
  );
  const binMs = spans.map(({ startMs, endMs }, s) => Math.max(1e-3, endMs - startMs) / bins[s]!);
  for (let b = 0; b < blocks.length; b++) {
    const s = blocks.session[b]!;
    const span = spans[s];
    if (!span) continue;
    const worker = blocks.worker[b]!;
    let rank = ranks[s]!.get(worker);
    if (!rank) {
      rank = { cases: 0, busy: new Float64Array(bins[s]!), failed: new Float64Array(bins[s]!) };
      ranks[s]!.set(worker, rank);
    }
    rank.cases += blocks.count[b]!;
    const from = (blocks.startedMs[b]! - span.startMs) / binMs[s]!;
    const to = from + blocks.elapsedMs[b]! / binMs[s]!;
    spread(rank.busy, from, to);
    const count = failed.get(b);
    if (count !== undefined) rank.failed[clamped(to, bins[s]!)]! += count;
  }
  return spans.map(({ session, startMs, endMs }, s) => ({
    ...{ session, startMs, endMs, binMs: binMs[s]! },
    ranks: [...ranks[s]!]
      .map(([worker, { cases, busy, failed: failedIn }]) => ({
        ...{ worker, host: sessions[session]?.hosts.get(worker) ?? '', cases, failed: failedIn },
        busy: busy.map((part) => Math.min(1, part)),
      }))
      .sort((a, b) => (a.host < b.host ? -1 : a.host > b.host ? 1 : a.worker - b.worker)),
  }));
}

/** Adds to each bin the part of it that lies between `from` and `to`, both in bins. */
function spread(bins: Float64Array, from: number, to: number): void {
  const last = Math.min(bins.length - 1, Math.floor(to));
  for (let bin = Math.max(0, Math.floor(from)); bin <= last; bin++) {
    bins[bin]! += Math.max(0, Math.min(to, bin + 1) - Math.max(from, bin));
  }
}

function clamped(place: number, bins: number): number {
  return Math.min(bins - 1, Math.max(0, Math.floor(place)));
}
