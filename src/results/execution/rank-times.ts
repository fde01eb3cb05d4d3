/** What each rank did in each session, from the headers of its blocks. */
import type { JournalIndex } from '../../store/journal/journal-index.js';
import { isUncomputed } from './uncomputed.js';

export interface RankTimes {
  readonly session: number;
  readonly worker: number;
  readonly host: string | undefined;
  readonly blocks: number;
  /** Cases computed, those of superseded blocks included. */
  readonly cases: number;
  /** Time in which it computed at least one case. */
  readonly busyMs: number;
  /** When its first block began and its last one ended, ms since the epoch by its clock. */
  readonly firstMs: number;
  readonly lastMs: number;
}

type Sums = { -readonly [K in keyof RankTimes]: RankTimes[K] };

/** In the order of sessions, then of workers; ranks without a block are not among them. */
export function rankTimes({ blocks, sessions }: JournalIndex): RankTimes[] {
  const ranks = new Map<number, Sums>();
  let key = -1;
  let rank: Sums | undefined;
  for (let b = 0; b < blocks.length; b++) {
    if (isUncomputed(blocks, b)) continue;
    const session = blocks.session[b]!;
    const worker = blocks.worker[b]!;
    const ofBlock = session * workerLimit + worker;
    if (ofBlock !== key || !rank) {
      key = ofBlock;
      rank = ranks.get(key);
      if (!rank) {
        const host = sessions[session]?.hosts.get(worker);
        rank = { session, worker, host, blocks: 0, cases: 0, busyMs: 0, firstMs: Infinity, lastMs: 0 };
        ranks.set(key, rank);
      }
    }
    add(rank, blocks.count[b]!, blocks.startedMs[b]!, blocks.elapsedMs[b]!);
  }
  return [...ranks.values()].sort((a, b) => a.session - b.session || a.worker - b.worker);
}

/** Beyond any worker's number. */
const workerLimit = 2 ** 32;

/** Blocks of a rank come in the order of their ends; one that computes several cases at once is busy once. */
function add(rank: Sums, count: number, startMs: number, elapsedMs: number): void {
  const endMs = startMs + elapsedMs;
  rank.blocks++;
  rank.cases += count;
  rank.firstMs = Math.min(rank.firstMs, startMs);
  if (endMs <= rank.lastMs) return;
  rank.busyMs += endMs - Math.max(startMs, rank.lastMs);
  rank.lastMs = endMs;
}
