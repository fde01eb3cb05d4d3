/** A domain: it knows the study keys of its field and how to make the kernel that computes them. */
import type { ColumnSpec } from '../codec/columns.js';
import type { Kernel } from '../kernels/kernel.js';

export type KernelForm = Kernel['form'];

/** What a study gives its solver: all plain data, already validated by `settingsSchema`. */
export interface SolverRequest {
  /** Settings of the study after validation, defaults filled. */
  readonly settings: unknown;
  /** Columns that each case brings: parameters and derived values, with their shapes. */
  readonly columns: readonly ColumnSpec[];
}

export interface Solver {
  readonly name: string;
  readonly version: string;
  /** A zod schema (strict object) of the `settings` section; unknown keys are refused. */
  readonly settingsSchema: import('zod').ZodType;
  /**
   * Literals that cannot work, as InputError: a needed column that is missing, a wrong shape, contradictory
   * settings. `supports` gives what is known of each parameter's range before any case exists.
   */
  check(request: SolverRequest, supports: readonly ColumnSupport[]): void;
  /** Forms this machine can run, best first. */
  forms(): readonly KernelForm[];
  /** Computed once at rank 0 and broadcast: plain data and Float64Array, MessagePack-able. */
  prepare(request: SolverRequest): unknown;
  /** The kernel, at each rank. `shared` is what `prepare` returned at rank 0, after travelling. */
  kernel(request: SolverRequest, shared: unknown, form: KernelForm): Kernel | Promise<Kernel>;
}

/** Values that a column can take, as far as they are literal in the study: for checks before any rank computes. */
export interface ColumnSupport {
  readonly name: string;
  /** Smallest and largest value for each element of the column; ±Infinity where a distribution has no bound. */
  readonly min: readonly number[];
  readonly max: readonly number[];
  /** True when every value that will occur is literal in the study file (grid, list, table, constant). */
  readonly isLiteral: boolean;
  /** Where the study file says it: `study.yaml:12:3`. */
  readonly file?: string;
  readonly line?: number;
  readonly field: string;
}
