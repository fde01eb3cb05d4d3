/** What a program may ask of a run. */
import type { Reporter } from '../observe/reporters/reporter.js';
import type { Progress, RetryWish } from '../runtime/api.js';
import type { Execution } from '../study/execution.js';
import type { Strategy } from '../study/study.js';

/**
 * `local`: child processes of this one. `mpi`: the ranks of the job that this process is rank 0 of, else an mpirun that
 * is started for the run. `sequential`: one case after the other in this very process, for debugging and where no
 * process can be started. `adaptive`: `mpi` under a launcher, else `local`.
 */
export const executorKinds = ['adaptive', 'local', 'mpi', 'sequential'] as const;
export type ExecutorKind = (typeof executorKinds)[number];

/** An executor that computes; `adaptive` becomes one of these. */
export type PlainExecutor = Exclude<ExecutorKind, 'adaptive'>;

/** How one run computes its cases otherwise than the study says. */
export type ExecutionOptions = Partial<
  Pick<
    Execution,
    'timeoutMs' | 'stallMs' | 'retries' | 'isolation' | 'memoryLimitBytes' | 'retryMemoryFactor' | 'threads'
  >
>;

export interface ExecutorOptions {
  /** `SHOAL_EXECUTOR`, else `adaptive`. */
  readonly executor?: ExecutorKind;
  /** Processes that compute; `SHOAL_RANKS`, else one for each core. */
  readonly ranks?: number;
  /** `SHOAL_TIMEOUT`, `SHOAL_RETRIES` and so on stand for what is absent. */
  readonly execution?: ExecutionOptions;
  readonly strategy?: Strategy;
  readonly chunk?: number | 'auto';
  /**
   * What happens where the executor cannot start: `sequential` computes in this process and says so in `notices` and in
   * `fallback` of the results; `none` is an EnvironmentError. `sequential` for `adaptive`, else `none`.
   */
  readonly fallback?: 'sequential' | 'none';
}

export interface RunOptions extends ExecutorOptions {
  /** Folder that keeps everything of the run, continued when it holds the same study; `runs/NAME` when absent. */
  readonly runDir?: string;
  /** Folder that relative paths of a study start from which is an object; the current one when absent. */
  readonly folder?: string;
  /** Only the first `limit` cases. */
  readonly limit?: number;
  /** Cases computed again at the end, one by one, and compared bit by bit. */
  readonly verify?: number;
  /**
   * Time that the run may take, Infinity for any: what cannot end in it is not started. `SHOAL_TIME_LIMIT`, else the time
   * until the end of the Slurm job.
   */
  readonly timeLimitMs?: number;
  /** Statuses, or numbers of cases, that are computed again. */
  readonly retry?: readonly RetryWish[];
  /** Aborted: no new cases, running ones end, everything done is kept. */
  readonly signal?: AbortSignal;
  /** Told what happens: `consoleReporter()`, `fileReporter(PATH)`, or objects of the program's own. */
  readonly reporters?: readonly Partial<Reporter>[];
  /** Called a few times a second. */
  onProgress?(progress: Progress): void;
  /** Fallbacks, recoveries, lost workers: what a user should see once. */
  onNotice?(message: string): void;
}

/** `ranks`: one number of processes or several; `SHOAL_RANKS`, else one for each core. */
export interface PlanOptions
  extends Pick<RunOptions, 'runDir' | 'folder' | 'strategy' | 'chunk' | 'onNotice'> {
  readonly ranks?: number | readonly number[];
}
