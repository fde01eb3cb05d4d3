import type { Failure } from '../codec/block.js';
import type { CaseFailure, Spent } from '../messages/loss.js';
import type { CaseGrant } from '../messages/message.js';

/** What the coordinator can do to the world. Real ones write to MPI and to the journal; the simulator's only count. */
export interface Comm {
  /** What a case may use of its host; before it is assigned or shared. */
  grant(worker: number, grant: CaseGrant): void;
  /** Adds one range to what this worker is sent next; `flush` sends it. `isAlone`: one of its cases may end the worker. */
  assign(worker: number, first: number, count: number, attempt: number, isAlone: boolean): void;
  /**
   * The same for a node coordinator, whose workers get pieces of `piece` cases, each of which ran out of `shortageBytes`
   * of memory, or 0.
   */
  share(
    worker: number,
    first: number,
    count: number,
    attempt: number,
    piece: number,
    isAlone: boolean,
    shortageBytes: number,
  ): void;
  /** The process of this worker, which holds nothing, gives place to a fresh one that may use so much memory. */
  renew(worker: number, memoryBytes: number): void;
  /** Sends what `assign` or `share` gathered for this worker. */
  flush(worker: number): void;
  /** Asks for half of what this worker has not begun. */
  revoke(worker: number): void;
  stopWorker(worker: number): void;
  /** Appends the result blocks of `cases` cases to the journal; the position in it behind them. */
  persist(blocks: Uint8Array, cases: number): number;
  /** The same, for blocks with cases that did not complete and are tried again: these have no result yet. */
  persistRetries(blocks: Uint8Array, again: readonly number[], cases: number): number;
  /** Writes how a case failed that has no block, and who `spent` time on it; the position in the journal behind it. */
  persistFailure(
    first: number,
    attempt: number,
    failure: CaseFailure,
    next: AfterFailure,
    spent: Spent | undefined,
  ): number;
  /** Writes that a worker has died of a case that was alone with it, `deaths` times by now. */
  persistCrash(index: number, deaths: number): void;
  /** Asks the disk to be quick: somebody waits for `onDurable`. */
  hasten(): void;
  /** A case did not complete; for those who watch. */
  caseFailed?(failed: FailedCase): void;
  /** Bytes appended and not yet durable. */
  backlogBytes(): number;
  /** Milliseconds by a clock that only goes forward, from a beginning of its own. */
  nowMs(): number;
  /** Asks for `onTime` at this moment or soon behind it. Of several requests that wait, the earliest is answered, once. */
  wakeAt(atMs: number): void;
}

export interface FailedCase {
  readonly case: number;
  readonly attempt: number;
  readonly worker: number;
  readonly status: Failure['status'];
  readonly type: string;
  readonly message: string;
  /** Another attempt follows. */
  readonly isTriedAgain?: true;
}

/**
 * What follows a failure without a block: nothing, because the case has ended too many workers or because its retries are
 * used up; or another attempt, so that it has no result yet.
 */
export type AfterFailure = 'given up' | 'ended' | 'tried again';
