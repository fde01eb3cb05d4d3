/** A run as a program holds it, while it goes on and behind its end. Types only. */
import type { Progress, RunOutcome } from '../runtime/api.js';
import type { StudyInput } from '../study/study-input.js';
import type { PlainExecutor } from './options.js';
import type { RunData } from './results.js';

/** Path of a study file, or a study as an object. */
export type GivenStudy = string | StudyInput;

export interface RunResults extends RunData {
  /** Counts, failures by kind, times, files. A failed case is a row and no exception. */
  readonly outcome: RunOutcome;
  readonly executor: PlainExecutor;
  /** Why another executor than the one asked for has computed; absent when it was that one. */
  readonly fallback?: string;
  /** What a user should know of this run: fallbacks, recoveries, lost workers. */
  readonly notices: readonly string[];
}

/** A run under way. Iterating gives its progress; disposing it stops it and waits for its end. */
export interface RunHandle extends AsyncIterable<Progress>, AsyncDisposable {
  /** Rejects with InputError or EnvironmentError when there can be no results. */
  readonly finished: Promise<RunResults>;
  /** No new cases, running ones end, everything done is kept. Idempotent. */
  stop(): void;
}
