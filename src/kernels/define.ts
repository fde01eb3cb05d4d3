/** How a user writes a kernel in TypeScript: the public types, and the helper that checks them while typing. */
import type { Failure } from '../codec/block.js';
import type { Columns, Dtype } from '../codec/columns.js';
import type { Comm } from '../mpi/index.js';
import type { KernelContext } from './kernel.js';

/** A column of inputs or outputs as a user names it. */
export interface ColumnDeclaration {
  readonly name: string;
  /** `float64` when absent. */
  readonly dtype?: Dtype;
  /** Shape of one case's value; a scalar when absent, `[31]` for 31 numbers. */
  readonly shape?: readonly number[];
  /** SI unit as text. */
  readonly unit?: string;
}

interface ScalarTypes {
  float64: number;
  float32: number;
  int32: number;
  int64: bigint;
  bool: boolean;
  string: string;
  json: unknown;
}

interface ArrayTypes {
  float64: Float64Array;
  float32: Float32Array;
  int32: Int32Array;
  int64: BigInt64Array;
  bool: Uint8Array;
  string: never;
  json: never;
}

type DtypeOf<D> = D extends { readonly dtype: infer T extends Dtype } ? T : 'float64';
type IsShaped<D> = D extends { readonly shape: infer S } ? (S extends readonly [] ? false : true) : false;

/** What a kernel is given: a number for a scalar, a typed array (row-major) for a shaped column. */
export type InputValues<D extends readonly ColumnDeclaration[]> = {
  readonly [C in D[number] as C['name']]: IsShaped<C> extends true
    ? ArrayTypes[DtypeOf<C>]
    : ScalarTypes[DtypeOf<C>];
};

/** What a kernel returns: for a shaped column, any list or typed array of as many numbers, nested or flat. */
export type OutputValues<D extends readonly ColumnDeclaration[]> = {
  readonly [C in D[number] as C['name']]: IsShaped<C> extends true
    ? ArrayTypes[DtypeOf<C>] | readonly unknown[]
    : ScalarTypes[DtypeOf<C>];
};

export interface ModuleContext<Prepared> extends KernelContext {
  /** The study's `shared` section: Float64Array for columns and lists of numbers, else as written. */
  readonly shared: Readonly<Record<string, unknown>>;
  /** The study's `settings` section as written. */
  readonly settings: unknown;
  /** What `prepare` returned at this rank; undefined without `prepare`. */
  readonly prepared: Prepared;
  /**
   * The ranks that compute this case together, in a study with `execution.ranks_per_task`: all of them call `run` with
   * the same inputs, and what rank 0 returns is the result. Throws elsewhere.
   */
  readonly comm: Comm;
}

interface Declaration<I, O, Prepared> {
  readonly name: string;
  /** Goes into the study's fingerprint: raise it when results change. */
  readonly version: string;
  readonly inputs: I;
  readonly outputs: O;
  /** Called once at each rank before its first case, for what is too dear to compute for each case. */
  prepare?(shared: Readonly<Record<string, unknown>>, settings: unknown): Prepared | Promise<Prepared>;
}

type Declarations = readonly ColumnDeclaration[];

/** Computes one case. What it throws fails this case only. */
export interface CaseKernel<I extends Declarations, O extends Declarations, Prepared>
  extends Declaration<I, O, Prepared> {
  run(inputs: InputValues<I>, context: ModuleContext<Prepared>): OutputValues<O> | Promise<OutputValues<O>>;
  runBatch?: undefined;
}

/**
 * Computes many cases at once: reads `columns`, writes `out`, each `[count, ...shape]` in a typed array, and
 * returns the cases that failed, if any. A case must get the same bits whatever batch it comes in.
 */
export interface BatchKernel<I extends Declarations, O extends Declarations, Prepared>
  extends Declaration<I, O, Prepared> {
  runBatch(
    count: number,
    columns: Columns,
    out: Columns,
    context: ModuleContext<Prepared>,
  ): readonly Failure[] | undefined | Promise<readonly Failure[] | undefined>;
  run?: undefined;
}

/**
 * Gives the object back unchanged; it is there for its types, which follow from `inputs` and `outputs`.
 *
 *     export const kernel = defineKernel({ name: 'area', version: '1', inputs: [{ name: 'r', unit: 'm' }],
 *       outputs: [{ name: 'area', unit: 'm2' }], run: ({ r }) => ({ area: Math.PI * r * r }) });
 */
export function defineKernel<
  const I extends Declarations,
  const O extends Declarations,
  Prepared = undefined,
>(kernel: CaseKernel<I, O, Prepared> | BatchKernel<I, O, Prepared>): typeof kernel {
  return kernel;
}
