/** Journals of made-up runs: sessions, who computed what when, and what happened. */
import { encodeBlock, type Failure } from '../../../src/codec/block.js';
import { indexJournal, type JournalIndex } from '../../../src/store/journal/journal-index.js';
import { openJournal } from '../../../src/store/journal/open.js';
import { encodeRetries } from '../../../src/store/journal/records.js';
import { encodeSession, type SessionRecord } from '../../../src/store/journal/session-record.js';
import { temporaryFolder } from '../../store/support.js';

export const fingerprint = 'ab'.repeat(32);

/** When the first session begins, ms since the epoch. */
export const epochMs = Date.parse('2026-01-01T10:00:00Z');

export const timeAt = (ms: number): string => new Date(epochMs + ms).toISOString();

/** Cases `first …` computed by a worker from `ms` on for `forMs`, counted from `epochMs`. */
export interface MadeBlock {
  readonly worker: number;
  readonly first: number;
  readonly count?: number;
  readonly ms: number;
  readonly forMs: number;
  readonly attempt?: number;
  readonly failures?: readonly Failure[];
  /** Its first case has no result by this. */
  readonly isTriedAgain?: true;
}

export interface MadeSession {
  readonly ms: number;
  /** Absent: it was killed. */
  readonly endMs?: number;
  readonly ranks: number;
  /** Host of each worker. */
  readonly hosts: readonly string[];
  readonly blocks: readonly MadeBlock[];
  readonly events?: readonly SessionRecord[];
}

export interface MadeJournal {
  readonly dir: string;
  readonly index: JournalIndex;
}

export async function journalOf(sessions: readonly MadeSession[]): Promise<MadeJournal> {
  const dir = temporaryFolder();
  const { journal } = openJournal(dir, { fingerprint });
  const record = (session: SessionRecord): number => journal.append('session', encodeSession(session));
  for (const { ms, endMs, ranks, hosts, blocks, events = [] } of sessions) {
    record({ event: 'start', at: timeAt(ms), facts: { ranks, host: hosts[0], version: '1.0.0' } });
    hosts.forEach((host, worker) => {
      record({ event: 'join', at: timeAt(ms), hosts: [[worker, host]] });
    });
    for (const block of blocks) {
      if (block.isTriedAgain) journal.append('retry', encodeRetries([block.first], encoded(block)));
      else journal.append('results', encoded(block));
    }
    for (const event of events) record(event);
    if (endMs !== undefined) record({ event: 'end', at: timeAt(endMs), state: 'completed' });
  }
  await journal.close();
  return { dir, index: indexJournal(dir, fingerprint) };
}

function encoded({ worker, first, count = 1, ms, forMs, attempt = 1, failures = [] }: MadeBlock): Uint8Array {
  return encodeBlock([], {
    ...{ first, count, worker, attempt, failures, columns: {} },
    ...{ startedMs: epochMs + ms, elapsedMs: forMs },
  });
}
