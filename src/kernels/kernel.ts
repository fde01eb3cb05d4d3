/** What computes a case. The one interface for built-in kernels, TypeScript modules and C libraries. */
import type { Failure } from '../codec/block.js';
import type { ColumnSpec, Columns } from '../codec/columns.js';

/** What a kernel may know and ask for while it computes. Its members may be taken out of it: `({ log, scratch })`. */
export interface KernelContext {
  /** First case of the batch in the study (for messages and for seeds); case i of the batch is `first + i`. */
  readonly first: number;
  /** Which attempt at these cases this is, from 1. */
  readonly attempt: number;
  /** Number of the worker, from 0. No result may depend on it. */
  readonly worker: number;
  /**
   * Threads that the kernel may use: the cores that the case occupies by `tasks.resources`; else what OMP_NUM_THREADS
   * says, unless the user has set that.
   */
  readonly threads: number;
  /** What `tasks.resources` gives to this case, as variables for programs that it starts. `process.env` has them too. */
  readonly environment: Readonly<Record<string, string>>;
  /** Aborts when the run stops. Long kernels look at `signal.aborted` now and then, synchronous ones too. */
  readonly signal: AbortSignal;
  /** The same as `signal.aborted`. */
  readonly isCancelled: boolean;
  /** A line for the run's log. Counts as a sign of life where the study limits the time without one (`stall`). */
  log(message: string): void;
  /** How much of the case (of the batch) is done, 0 … 1, and what it is about. Counts as a sign of life. Cheap. */
  progress(fraction: number, text?: string): void;
  /**
   * A folder of this case (of this batch) alone, on a local disk, empty at first and removed with everything in it when
   * the case is over, however it ends. The same folder at every call.
   */
  scratch(): string;
}

/** The context of a whole batch, from which a kernel of single cases takes that of each. */
export interface BatchContext extends KernelContext {
  /** Case `first + offset` begins; the one before it is over. */
  single(offset: number): KernelContext;
}

/**
 * One case in, one case out. `inputs` has a number for each scalar input, a typed array for each shaped one, a
 * string for each string one; the result has the same kinds for the outputs. An exception fails this case only.
 */
export type RunCase = (
  inputs: Readonly<Record<string, unknown>>,
  context: KernelContext,
) => Record<string, unknown> | Promise<Record<string, unknown>>;

/**
 * Many cases at once: reads `columns` (each `[count, ...shape]`), writes `out` (allocated, same layout) and
 * returns the cases that failed, or nothing. It must give each case the same bits whatever batch it comes in.
 */
export type RunBatch<Context = KernelContext> = (
  count: number,
  columns: Columns,
  out: Columns,
  context: Context,
) => readonly Failure[] | undefined | Promise<readonly Failure[] | undefined>;

/** `mixed`: of several kernels in turn, which have a form each; which ones they are says the study. */
export type KernelForm = 'typescript' | 'c' | 'command' | 'mixed';

/** A kernel ready to compute. Exactly one of `run` and `runBatch` is there. */
export interface Kernel {
  readonly name: string;
  /** Goes into the study's fingerprint: raise it when results change. */
  readonly version: string;
  /** How this kernel is made: results are bit-identical within a form. */
  readonly form: KernelForm;
  /** Hash of the sources it was made from, where ranks could differ in them; part of the handshake. */
  readonly sourceHash?: string;
  readonly inputs: readonly ColumnSpec[];
  readonly outputs: readonly ColumnSpec[];
  readonly run?: RunCase;
  readonly runBatch?: RunBatch;
  /** Most cases that it takes in one batch; as many as there are when absent. */
  readonly mostCases?: number;
  close?(): void;
}

/** A kernel as workers get it: whatever the user wrote, it takes batches of the study's columns. */
export interface ReadyKernel extends Omit<Kernel, 'run' | 'runBatch'> {
  readonly runBatch: RunBatch<BatchContext>;
  /** Most cases of a batch that is this attempt, where it depends on that; else `mostCases` is for all. */
  mostCasesOf?(attempt: number): number;
}
