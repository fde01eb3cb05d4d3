/** What is known of the end of a worker's process: how it ended, and what it was computing then. */
import type { Failure } from '../codec/block.js';

export interface Loss {
  /** Behind "worker 3": `was ended by SIGSEGV`, `exited with code 3`. */
  readonly how: string;
  /**
   * Cases that were being computed, an entry for each call of the kernel that had not returned; empty when there was
   * none. Absent where nobody could see it.
   */
  readonly running?: readonly CaseRange[];
  /** For how long that had been running; absent where nobody could see it, and where nothing or several ran. */
  readonly ranMs?: number;
  /** What a case that was running alone has come to by this; absent: its worker died, and nobody knows why. */
  readonly verdict?: Verdict;
  /** Lines for whoever looks for the reason, of which no result depends: the last ones of its standard error, say. */
  readonly detail?: string;
}

export interface CaseRange {
  readonly first: number;
  readonly count: number;
}

export interface Verdict {
  /** The row that the case becomes. */
  readonly failure: CaseFailure;
  /** True when it holds at once; else the case is tried again as if its worker had died of it. */
  readonly isProven: boolean;
}

/** How a case failed, whichever block it comes to stand in. */
export type CaseFailure = Omit<Failure, 'offset'>;

/** Who spent time on a case that came back without a block, and how much. */
export interface Spent {
  readonly worker: number;
  readonly ranMs: number;
}
