/** What a session writes down of itself, in the journal, the manifest and the log, for those who come later. */
import type { Logger } from '../log/logger.js';
import type { OpenedJournal } from '../store/journal/open.js';
import { encodeSession, type SessionRecord } from '../store/journal/session-record.js';
import type { RunDirectory } from '../store/run-directory.js';

type Facts = Parameters<RunDirectory['startSession']>[1];
type EndState = Parameters<RunDirectory['endSession']>[0];

export class SessionNotes {
  readonly #journal: OpenedJournal['journal'];
  readonly #directory: RunDirectory;
  readonly #logger: Logger;
  #isStarted = false;

  constructor(journal: OpenedJournal['journal'], directory: RunDirectory, logger: Logger) {
    this.#journal = journal;
    this.#directory = directory;
    this.#logger = logger;
  }

  /** A session that has nothing to compute does not start. */
  get isStarted(): boolean {
    return this.#isStarted;
  }

  start(kernel: Parameters<RunDirectory['startSession']>[0], facts: Facts): void {
    this.#record({ event: 'start', at: now(), facts });
    this.#isStarted = true;
    this.#directory.startSession(kernel, facts);
    this.#logger.info(facts, 'session started');
  }

  joined(worker: number, host: string): void {
    this.#record({ event: 'join', at: now(), hosts: [[worker, host]] });
  }

  lost(worker: number, how: string): void {
    this.#record({ event: 'lost', at: now(), worker, how });
  }

  notice(message: string): void {
    this.#logger.warn(message);
    this.#record({ event: 'notice', at: now(), message });
  }

  /** Before anything else: whoever stops this process may leave it no more than a moment. */
  askedToStop(): void {
    try {
      this.#directory.noteStop();
    } catch {
      // A full disk, or another owner: the journal finds the same, and says so.
    }
    this.#journal.flush().catch(() => undefined);
  }

  /** All is computed, or stopped. */
  ended(state: EndState): void {
    if (this.#isStarted) this.#record({ event: 'end', at: now(), state });
  }

  /** What the results added up to is known too. */
  finished(state: EndState, facts: Facts): void {
    if (this.#isStarted) this.#directory.endSession(state, facts);
  }

  #record(record: SessionRecord): void {
    this.#journal.append('session', encodeSession(record));
  }
}

function now(): string {
  return new Date().toISOString();
}
