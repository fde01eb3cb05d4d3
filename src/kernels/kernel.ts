/** What computes a case. The one interface for built-in kernels, TypeScript modules and C libraries. */

import type { Failure } from '../codec/block.js';
import type { ColumnSpec, Columns } from '../codec/columns.js';

export interface KernelContext {
  /** First case of the batch in the study (for messages and for seeds); case i of the batch is `first + i`. */
  readonly first: number;
  /** Aborts when the run stops; long kernels look at it now and then. */
  readonly signal: AbortSignal;
  /** A line for the run's log. */
  log(message: string): void;
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
export type RunBatch = (
  count: number,
  columns: Columns,
  out: Columns,
  context: KernelContext,
) => readonly Failure[] | undefined | Promise<readonly Failure[] | undefined>;

/** A kernel ready to compute. Exactly one of `run` and `runBatch` is there. */
export interface Kernel {
  readonly name: string;
  /** Goes into the study's fingerprint: raise it when results change. */
  readonly version: string;
  /** How this kernel is made: results are bit-identical within a form. */
  readonly form: 'typescript' | 'c';
  /** Hash of the sources it was made from, where ranks could differ in them; part of the handshake. */
  readonly sourceHash?: string;
  readonly inputs: readonly ColumnSpec[];
  readonly outputs: readonly ColumnSpec[];
  readonly run?: RunCase;
  readonly runBatch?: RunBatch;
  close?(): void;
}

/** A kernel as workers get it: whatever the user wrote, it takes batches of the study's columns. */
export interface ReadyKernel extends Kernel {
  readonly runBatch: RunBatch;
}
