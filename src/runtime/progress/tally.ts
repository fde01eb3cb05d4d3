/** What stands in a journal: cases done, failed, and the failures by kind. */
import type { Failure } from '../../codec/block.js';
import { timedOutAttempts } from '../../results/execution/failed-counts.js';
import type { StatusCounts } from '../../results/execution/statistics.js';
import { failedCases } from '../../store/journal/failures.js';
import type { JournalIndex } from '../../store/journal/journal-index.js';
import type { FailureKind } from '../api.js';

export interface Tally {
  /** Cases with a result, failed ones included. */
  readonly done: number;
  readonly failed: number;
  /** Most frequent first. */
  readonly kinds: readonly FailureKind[];
  readonly counts: StatusCounts;
  /** Of the cases whose result a session made. */
  countsOf(session: number): StatusCounts;
}

type Failed = Record<Failure['status'], number>;

/** Counts `total` cases from `from` on. */
export function tally(journalDir: string, index: JournalIndex, total: number, from = 0): Tally {
  let missing = 0;
  for (const { count } of index.done.missing(from, total)) missing += count;
  const kinds = new Map<string, { -readonly [K in keyof FailureKind]: FailureKind[K] }>();
  const sessions = new Map<number, Failed>();
  const all = noneFailed();
  let failed = 0;
  for (const { index: example, block, status, type, message } of failedCases(journalDir, index)) {
    if (example >= from + total) break;
    failed++;
    all[status]++;
    failedIn(sessions, index.blocks.session[block]!)[status]++;
    const key = `${status} ${type}`;
    const kind = kinds.get(key);
    if (kind) kind.count++;
    else kinds.set(key, { status, type, message, example, count: 1 });
  }
  const done = total - missing;
  const timeouts = timeoutsOf(journalDir, index);
  return {
    ...{ done, failed, kinds: [...kinds.values()].sort((a, b) => b.count - a.count) },
    counts: { total, completed: done - failed, ...all, timeouts: sumOf(timeouts?.values()) ?? all.timeout },
    countsOf: (session) => {
      const cases = casesOf(index, session);
      const own = failedIn(sessions, session);
      const completed = cases - own.failed - own.timeout - own.cancelled;
      return {
        total: cases,
        completed,
        ...own,
        timeouts: timeouts ? (timeouts.get(session) ?? 0) : own.timeout,
      };
    },
  };
}

const noneFailed = (): Failed => ({ failed: 0, timeout: 0, cancelled: 0 });

function failedIn(sessions: Map<number, Failed>, session: number): Failed {
  let counts = sessions.get(session);
  if (!counts) {
    counts = noneFailed();
    sessions.set(session, counts);
  }
  return counts;
}

/** By session; undefined where every row counts, so that attempts and cases are the same. */
function timeoutsOf(journalDir: string, index: JournalIndex): ReadonlyMap<number, number> | undefined {
  const { blocks, done } = index;
  let rows = 0;
  for (let b = 0; b < blocks.length; b++) rows += blocks.count[b]!;
  return rows === done.total ? undefined : timedOutAttempts(journalDir, index);
}

function sumOf(numbers: Iterable<number> | undefined): number | undefined {
  return numbers && [...numbers].reduce((sum, number) => sum + number, 0);
}

function casesOf({ pieces, blocks }: JournalIndex, session: number): number {
  let cases = 0;
  for (const { count, block } of pieces) if (blocks.session[block] === session) cases += count;
  return cases;
}
