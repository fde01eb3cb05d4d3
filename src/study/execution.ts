/** How cases are computed and what happens when one fails. Only `nan` is part of a result. */

/** `auto`: a user's kernel in a process of its own, a built-in one in the worker. */
export const isolations = ['auto', 'inline', 'process'] as const;
export type Isolation = (typeof isolations)[number];

export interface Execution {
  /** Longest time of one case; Infinity for none. */
  readonly timeoutMs: number;
  /** Longest time of one case without a sign of progress; Infinity for none. */
  readonly stallMs: number;
  /** Attempts after a first one that failed or timed out. */
  readonly retries: number;
  /** Wait before the first retry; it doubles with each further one up to `mostMs`. */
  readonly backoff: { readonly firstMs: number; readonly mostMs: number };
  /** A case that ended its worker this often is given up. */
  readonly crashLimit: number;
  readonly isolation: Isolation;
  /** Resident bytes of a worker's process tree; Infinity for no limit. */
  readonly memoryLimitBytes: number;
  /** How many times as much a case may use in its next attempt after it ran out of memory; 1 for the same. */
  readonly retryMemoryFactor: number;
  /** Threads that a worker's kernel may use; `auto`: the cores that the worker owns. */
  readonly threads: number | 'auto';
  /** `auto`: workers are bound to cores where the launcher has not done so. */
  readonly pinning: 'auto' | 'none';
  /** GPUs dealt out to the workers of a node in turn; `auto`: those that are visible. */
  readonly gpus: number | 'auto' | 'none';
  /** Ranks that compute one case together, for MPI kernels. */
  readonly ranksPerTask: number;
  /** Results are committed to disk after this many cases or this time, whichever comes first. */
  readonly checkpoint: { readonly cases: number; readonly ms: number };
  /** Whether a NaN among the outputs is a result or fails the case. */
  readonly nan: 'keep' | 'refuse';
}

/** What one session does otherwise. */
export type ExecutionChange = Partial<Omit<Execution, 'checkpoint'>> & {
  readonly checkpoint?: Partial<Execution['checkpoint']>;
};

export function changedExecution(execution: Execution, change: ExecutionChange = {}): Execution {
  return { ...execution, ...change, checkpoint: { ...execution.checkpoint, ...change.checkpoint } };
}

export const defaultExecution: Execution = {
  timeoutMs: 3_600_000,
  stallMs: Number.POSITIVE_INFINITY,
  retries: 0,
  backoff: { firstMs: 1_000, mostMs: 60_000 },
  crashLimit: 3,
  isolation: 'auto',
  memoryLimitBytes: Number.POSITIVE_INFINITY,
  retryMemoryFactor: 1,
  threads: 'auto',
  pinning: 'auto',
  gpus: 'auto',
  ranksPerTask: 1,
  checkpoint: { cases: Number.POSITIVE_INFINITY, ms: 100 },
  nan: 'keep',
};
