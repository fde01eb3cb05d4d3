/** What the command line asks of the runtime, and what it gets back. Types only. */
import type { Execution } from '../study/execution.js';
import type { Strategy, Study } from '../study/study.js';

export interface RunRequest {
  readonly study: Study;
  /** Absolute path; created, or continued when it holds the same study. */
  readonly runDir: string;
  /** Processes that take part, the coordinator's included; only for the local launcher. */
  readonly ranks: number;
  readonly strategy?: Strategy;
  readonly chunk?: number | 'auto';
  /** What this session does otherwise than the study says. */
  readonly execution?: Partial<Execution>;
  /** Only the first `limit` cases. */
  readonly limit?: number;
  /** Random cases to compute again sequentially at the end and to compare bit by bit. */
  readonly verify?: number;
  /** Statuses whose cases are computed again, or single cases by number. */
  readonly retry?: readonly ('failed' | 'timeout' | number)[];
  /** Goes on with what is whole of a journal damaged in the middle. */
  readonly salvage?: boolean;
  /** Aborted: no new cases, running ones end, everything done is kept. */
  readonly stop: AbortSignal;
  /** Called a few times a second. */
  onProgress(progress: Progress): void;
  /** Notices a user should see once: fallbacks, recoveries. */
  onNotice(message: string): void;
}

export interface WorkerProgress {
  readonly worker: number;
  readonly host: string;
  readonly state: 'joining' | 'busy' | 'idle' | 'lost';
  readonly done: number;
}

export interface Progress {
  readonly phase: 'starting' | 'running' | 'stopping' | 'assembling' | 'finished';
  /** Cases asked for (after --limit). */
  readonly total: number;
  /** Cases durably done, failed ones and those of earlier sessions included. */
  readonly done: number;
  readonly failed: number;
  /** Done when this session began. */
  readonly before: number;
  readonly elapsedMs: number;
  /** Cases a second, over the last few seconds. */
  readonly rate: number;
  readonly etaMs: number | undefined;
  readonly workers: readonly WorkerProgress[];
}

export interface FailureKind {
  readonly status: 'failed' | 'timeout' | 'cancelled';
  readonly type: string;
  readonly count: number;
  /** Lowest case of this kind, and what it said. */
  readonly example: number;
  readonly message: string;
}

export interface RunOutcome {
  readonly state: 'completed' | 'interrupted';
  readonly runDir: string;
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  readonly computedNow: number;
  readonly elapsedMs: number;
  readonly ranks: number;
  readonly transport: 'mpi' | 'local';
  readonly mpiLibrary?: string;
  readonly kernelForm: 'typescript' | 'c';
  readonly failures: readonly FailureKind[];
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
