/**
 * A study as a user writes it in TypeScript. The same as what study/schema accepts, which a test holds, but written
 * out: the schema's own type would ask users of the package for the validator's declarations.
 */
import type { Dtype } from '../codec/columns.js';
import type { Isolation } from './execution.js';
import type { SlurmInput } from './slurm/input.js';
import type { OutputFormat, Strategy } from './study.js';

type Pair = readonly [number, number];
type Values = readonly (number | string)[] | readonly (readonly number[])[];

/** A number in a parameter drawn `size` times makes a vector. */
interface Drawn {
  readonly size?: number | undefined;
}

/** A truncated distribution draws within its limits; it does not clip. */
interface Limits {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

interface Moments extends Limits {
  readonly mean: number;
  readonly std: number;
}

interface LogMoments extends Moments {
  /** Base of the logarithm whose mean and standard deviation are given: e when absent. */
  readonly base?: 'e' | 10 | undefined;
}

/** One value for all cases, a grid axis, or a distribution. */
export type ParameterInput =
  | number
  | string
  | Values
  | { readonly value: number | string | readonly number[] }
  | { readonly values: Values }
  /** First, last, count; both ends included. */
  | { readonly linspace: readonly [number, number, number] }
  | { readonly logspace: readonly [number, number, number] }
  | ({ readonly uniform: Pair } & Drawn)
  | ({ readonly loguniform: Pair } & Drawn)
  /** Mean and standard deviation. */
  | ({ readonly normal: Pair | Moments } & Drawn)
  | ({ readonly lognormal: Pair | LogMoments } & Drawn);

interface ColumnInput {
  readonly name: string;
  /** `float64` when absent. */
  readonly dtype?: Exclude<Dtype, 'string' | 'json'> | undefined;
  /** `[]`, a single number, when absent. */
  readonly shape?: readonly number[] | undefined;
  readonly unit?: string | undefined;
}

/** A value in what a program prints. */
export interface CommandOutputInput {
  readonly name: string;
  /** `float64` when absent. */
  readonly dtype?: Exclude<Dtype, 'json'> | undefined;
  readonly shape?: readonly number[] | undefined;
  readonly unit?: string | undefined;
  /** Its last match counts. Without this and `json`: the next numbers of the last line. */
  readonly regex?: string | undefined;
  /** `result.forces[0]` */
  readonly json?: string | undefined;
  /** `stdout` when absent. */
  readonly from?: 'stdout' | 'stderr' | undefined;
}

/** A program for each case. Texts may have `{parameter}` in them. */
export interface CommandInput {
  /** Program and arguments; or a text, which is split into words, or given to a shell. */
  readonly command: string | readonly (string | number)[];
  readonly shell?: boolean | undefined;
  /** `json` for all parameters as one JSON object. */
  readonly stdin?: string | undefined;
  readonly env?: Readonly<Record<string, string | number>> | undefined;
  /** `scratch` for a new folder for each case; that of the study when absent. */
  readonly cwd?: string | undefined;
  readonly outputs?: readonly CommandOutputInput[] | undefined;
  /** `[0]` when absent. */
  readonly ok_exit_codes?: readonly number[] | undefined;
  /** `drop` when absent. */
  readonly launcher_environment?: 'drop' | 'keep' | undefined;
}

/** One for all attempts at a case, or one for each in turn, the last for all further ones. */
export type KernelInput = OneKernelInput | readonly OneKernelInput[];

/** A TypeScript or JavaScript module, a function of a C source (.c) or shared library, or a program. */
type OneKernelInput =
  | string
  | {
      readonly library: string;
      readonly symbol: string;
      readonly inputs: readonly ColumnInput[];
      readonly outputs: readonly ColumnInput[];
    }
  | CommandInput;

/** Seconds, or text like `15 min`. */
type Duration = number | string;

/** How cases are computed, and what happens when one fails. */
export interface ExecutionInput {
  /** Of one case; one hour when absent. */
  readonly timeout?: Duration | undefined;
  readonly stall?: Duration | undefined;
  /** None when absent; with a list of kernels, one by each further one. */
  readonly max_retries?: number | undefined;
  /** Wait before the first retry, and the most. */
  readonly backoff?: readonly [Duration, Duration] | undefined;
  readonly crash_limit?: number | undefined;
  readonly isolation?: Isolation | undefined;
  /** Bytes, or text like `2 GB`. */
  readonly memory_limit_per_worker?: number | string | undefined;
  readonly retry_memory_factor?: number | undefined;
  readonly threads?: number | 'auto' | undefined;
  readonly pinning?: 'auto' | 'none' | undefined;
  readonly gpus?: number | 'auto' | 'none' | undefined;
  readonly ranks_per_task?: number | undefined;
  readonly checkpoint?:
    | { readonly cases?: number | undefined; readonly seconds?: Duration | undefined }
    | undefined;
  readonly nan?: 'keep' | 'refuse' | undefined;
}

type Formula = string | number;

/** Order, dependencies and resources of cases. */
export interface TasksInput {
  readonly id?: string | undefined;
  readonly depends_on?: string | undefined;
  readonly level?: Formula | undefined;
  /** A formula, or nbody_first, cost_first, fifo. */
  readonly priority?: Formula | undefined;
  readonly resources?:
    | {
        readonly cores?: Formula | undefined;
        readonly memory?: Formula | undefined;
        readonly gpus?: Formula | undefined;
      }
    | undefined;
}

/** Every key is described in schema/study.schema.json. Paths are relative to the study's file. */
export interface StudyInput {
  readonly $schema?: string | undefined;
  readonly name: string;
  readonly description?: string | undefined;
  /** Name of a built-in solver. Either this or `kernel`. */
  readonly solver?: string | undefined;
  readonly kernel?: KernelInput | undefined;
  readonly settings?: Readonly<Record<string, unknown>> | undefined;
  readonly sample?:
    | {
        readonly count: number;
        readonly method?: 'random' | 'lhs' | 'sobol' | undefined;
        readonly seed?: number | undefined;
      }
    | undefined;
  readonly parameters?: Readonly<Record<string, ParameterInput>> | undefined;
  readonly table?: string | undefined;
  readonly cases?: readonly Readonly<Record<string, number | string | readonly number[]>>[] | undefined;
  readonly derived?: Readonly<Record<string, string | number | readonly (string | number)[]>> | undefined;
  readonly shared?: Readonly<Record<string, unknown>> | undefined;
  /** mean, median, min, max, std, p10 … */
  readonly statistics?: readonly string[] | undefined;
  /** How costly a case is beside others: a formula, or features from which it is learned. */
  readonly cost?: string | number | { readonly features: readonly (string | number)[] } | undefined;
  readonly schedule?:
    | { readonly strategy?: Strategy | undefined; readonly chunk?: number | 'auto' | undefined }
    | undefined;
  readonly execution?: ExecutionInput | undefined;
  readonly tasks?: TasksInput | undefined;
  readonly slurm?: SlurmInput | undefined;
  readonly output?: readonly OutputFormat[] | undefined;
}
