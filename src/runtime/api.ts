/** What the command line asks of the runtime, and what it gets back. Types only. */
import type { KernelForm } from '../kernels/kernel.js';
import type { ProcessIdentity } from '../process/identity.js';
import type { ExecutionStatistics } from '../results/execution/statistics.js';
import type { ExecutionChange } from '../study/execution.js';
import type { Shard } from '../study/shard.js';
import type { Strategy, Study } from '../study/study.js';

/** Cases that are computed again: all of a status, all that failed in one way, or a single one by its number. */
export type RetryWish = 'failed' | 'timeout' | number | { readonly type: string };

export interface RunRequest extends RunListener {
  readonly study: Study;
  /** Absolute path; created, or continued when it holds the same study. */
  readonly runDir: string;
  /** Processes that take part, the coordinator's included; only for the local launcher. */
  readonly ranks: number;
  /** The host of each of them, reached by ssh, with the local launcher; on this machine where absent. */
  readonly hosts?: readonly string[];
  readonly strategy?: Strategy;
  readonly chunk?: number | 'auto';
  /** Ranks of an MPI job that coordinate the others for the root; `auto`, the default, has them in very large jobs. */
  readonly coordinators?: number | 'auto';
  /** What this session does otherwise than the study says. */
  readonly execution?: ExecutionChange;
  /** Only this part of the study, in a run directory of its own. */
  readonly shard?: Shard;
  /** Only the first `limit` cases, of the shard where there is one. */
  readonly limit?: number;
  /**
   * Time that this session may take, Infinity for any: what cannot end in it is not started. Where absent, the time
   * until the end of the Slurm job, if there is one.
   */
  readonly timeLimitMs?: number;
  /** Random cases to compute again sequentially at the end and to compare bit by bit. */
  readonly verify?: number;
  readonly retry?: readonly RetryWish[];
  /** How often the ranks of this run were started again before, because MPI had ended them. */
  readonly restarts?: number;
  /** Starts the run again when MPI has ended its job. */
  readonly supervisor?: ProcessIdentity;
  /** Goes on with what is whole of a journal damaged in the middle. */
  readonly salvage?: boolean;
  /** Whoever has the run directory on a host that cannot be looked at is at work no more. */
  readonly takeOver?: boolean;
  /** Aborted: no new cases, running ones end, everything done is kept. */
  readonly stop: AbortSignal;
}

/** What a run tells while it goes on. None of these may throw. */
export interface RunListener {
  /** All is read and checked; the ranks are about to start. */
  onStarted?(start: RunStart): void;
  /** Called a few times a second. */
  onProgress(progress: Progress): void;
  /** A case did not complete; `isTriedAgain` says whether another attempt follows. */
  onCaseFailed?(failed: RecentFailure): void;
  /** Of studies whose cases have levels, each of which waits for the one before. */
  onLevelStarted?(level: LevelStart): void;
  onLevelCompleted?(level: LevelEnd): void;
  /** Notices a user should see once: fallbacks, recoveries. */
  onNotice(message: string): void;
}

export interface RunStart {
  readonly name: string;
  readonly runDir: string;
  /** Cases asked for; of these, done before this session. */
  readonly total: number;
  readonly before: number;
  readonly ranks: number;
  readonly transport: RunOutcome['transport'];
  readonly strategy: Strategy;
}

export interface LevelStart {
  readonly level: number;
  readonly cases: number;
}

export interface LevelEnd extends LevelStart {
  readonly elapsedMs: number;
  readonly failed: number;
}

export interface WorkerProgress {
  readonly worker: number;
  readonly host: string;
  readonly pid?: number;
  readonly state: 'joining' | 'busy' | 'idle' | 'lost';
  /** Cases it returned in this session, and how many of them did not complete. */
  readonly done: number;
  readonly failed: number;
  /** Cases a second, over the last few seconds. */
  readonly rate: number;
  /** Of a node coordinator: the ranks that it hands work to, and those of them that have some. */
  readonly team?: { readonly ranks: number; readonly busy: number };
  /** What it computes: what is left of the first range that it has and has not returned. */
  readonly current?: CurrentRange;
  /** Resident memory of its process. */
  readonly memoryBytes?: number;
  /** The last line that its kernel logged or its process wrote. */
  readonly lastMessage?: string;
}

export interface CurrentRange {
  readonly first: number;
  readonly count: number;
  /** Since it began with the range, or returned a part of it. */
  readonly forMs: number;
}

/** Cases that are not done, by what they wait for. */
export interface QueueProgress {
  /** Not handed out. */
  readonly waiting: number;
  /** Handed out and not returned. */
  readonly inFlight: number;
  /** Were at a worker that was lost, and are tried one by one. */
  readonly suspects: number;
  /** Failed, and wait until they are tried again. */
  readonly backOff: number;
  /** Ran out of memory, and wait for room on a host where they may have more. */
  readonly memory: number;
  /** Of those not handed out: wait for other cases, and for room on a host. */
  readonly dependencies: number;
  readonly resources: number;
  /** Cannot end in the time that the run has. */
  readonly late: number;
  /** A few of those that wait, where any wait for more than a worker. */
  readonly samples?: QueueSamples;
}

export interface QueueSamples {
  /** Cases in back-off: their next attempt, and in how many ms it is due. */
  readonly due: readonly { readonly case: number; readonly attempt: number; readonly inMs: number }[];
  /**
   * Cases that wait for room; `host`: kept for it until there is, which it is expected to be in `inMs`: what ends before
   * may start there, everything else waits.
   */
  readonly blocked: readonly { readonly case: number; readonly host?: string; readonly inMs?: number }[];
  /** What hosts own and what of it is free, in words, where cases wait for room. */
  readonly hosts: readonly { readonly host: string; readonly owned: string; readonly free: string }[];
}

export interface SlowCases {
  readonly first: number;
  /** More than one: they came back together, and `caseMs` is their mean. */
  readonly count: number;
  readonly caseMs: number;
  readonly worker: number;
  readonly attempt: number;
}

export interface RecentFailure {
  readonly case: number;
  readonly attempt: number;
  readonly worker: number;
  /** When it came to the coordinator, ms since the epoch. */
  readonly atMs: number;
  readonly status: FailureKind['status'];
  readonly type: string;
  readonly message: string;
  /** Another attempt follows: the case counts as neither failed nor done. */
  readonly isTriedAgain?: true;
}

export interface Progress {
  readonly phase: 'starting' | 'running' | 'stopping' | 'assembling' | 'finished';
  /** Cases asked for (after --limit). */
  readonly total: number;
  /** Cases durably done, failed ones and those of earlier sessions included. */
  readonly done: number;
  readonly failed: number;
  /** Attempts of this session that did not complete and are followed by another. */
  readonly retries: number;
  /** Done when this session began. */
  readonly before: number;
  readonly elapsedMs: number;
  /** Cases a second, over the last few seconds. */
  readonly rate: number;
  readonly etaMs: number | undefined;
  readonly queue: QueueProgress;
  /** No case is handed out for now, because the disk is behind. */
  readonly isThrottled: boolean;
  /** Bytes of the journal, and how many of them wait for the disk. */
  readonly journalBytes: number;
  readonly backlogBytes: number;
  readonly workers: readonly WorkerProgress[];
  /** Of this session, slowest first. */
  readonly slowest: readonly SlowCases[];
  /** By kind, most frequent first, those of earlier sessions included. */
  readonly failures: readonly FailureKind[];
  /** Of this session, newest first. */
  readonly recentFailures: readonly RecentFailure[];
}

export interface FailureKind {
  readonly status: 'failed' | 'timeout' | 'cancelled';
  readonly type: string;
  readonly count: number;
  /** Lowest case of this kind, and what it said. */
  readonly example: number;
  readonly message: string;
}

/** How well a session was predicted. */
export interface Prediction {
  /** From the first worker's readiness to the last result. Absent where times were unknown, or not all was computed. */
  readonly makespan?: {
    readonly predictedMs: number;
    readonly tookMs: number;
    /** Where the times of cases were known from, in words. */
    readonly source: string;
  };
  /** Absent where the study says nothing of costs, and after too few cases. */
  readonly costs?: {
    readonly by: 'formula' | 'features';
    /** Of the features; all 0 where they predict nothing. */
    readonly exponents?: readonly number[];
    /** Standard deviation of the time of a case about what is predicted, as part of it. */
    readonly scatter: number;
    /** Blocks of results that it was taken from. */
    readonly blocks: number;
  };
}

export interface RunOutcome {
  readonly state: 'completed' | 'interrupted';
  /** Why it was interrupted, where not by the user. */
  readonly reason?: string;
  readonly runDir: string;
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  readonly computedNow: number;
  readonly elapsedMs: number;
  readonly ranks: number;
  /** How often MPI ended the ranks and they were started again. */
  readonly restarts?: number;
  /** Node coordinators among them, where there are any. */
  readonly coordinators?: number;
  readonly transport: 'mpi' | 'local' | 'inline';
  readonly mpiLibrary?: string;
  readonly kernelForm: KernelForm;
  /** Absent where nothing was predicted, or nothing computed. */
  readonly prediction?: Prediction;
  readonly failures: readonly FailureKind[];
  /** Of all sessions together, and of this one when it computed something. */
  readonly statistics: ExecutionStatistics;
  readonly sessionStatistics?: ExecutionStatistics;
  /** Files written by assembly and export, relative to the run directory. */
  readonly files: readonly string[];
  readonly verified?: { readonly cases: number; readonly different: readonly number[] };
}

/** Where this process stands: alone, or a rank of an MPI job. */
export type Place =
  | { readonly kind: 'alone' }
  | { readonly kind: 'rank'; readonly rank: number; readonly size: number; readonly launcher: string };

/**
 * `run` starts the coordinator here: over MPI when this process is rank 0 of a job, else over `ranks` local
 * processes. Throws InputError and EnvironmentError; a failed case is never an exception.
 */
export type Run = (request: RunRequest) => Promise<RunOutcome>;
