/** A study as every rank knows it: resolved, every default filled, plain data that MessagePack carries. */
import type { ColumnSpec } from '../codec/columns.js';
import type { CommandSource } from './command/source.js';
import type { Execution } from './execution.js';
import type { SlurmSettings } from './slurm/settings.js';
import type { StudyTasks } from './tasks.js';

export const studySchemaVersion = 1;

/** How cases are handed out. */
export const strategies = [
  'adaptive',
  'block',
  'cyclic',
  'lpt',
  'self',
  'guided',
  'factoring',
  'adaptive-factoring',
  'work-stealing',
] as const;
export type Strategy = (typeof strategies)[number];

export type StatisticName = 'mean' | 'median' | `p${number}` | 'min' | 'max' | 'std';
export type OutputFormat = 'csv' | 'jsonl' | 'parquet' | 'arrow';

/** What computes the cases. */
export type KernelSource =
  | {
      readonly kind: 'solver';
      readonly name: string;
      readonly version: string;
      /** The kernel itself ends each case when its time is over. */
      readonly keepsTime?: true;
    }
  | UserKernelSource
  /** Attempt k of a case is computed by member k, further ones by the last. At least two, all with the same outputs. */
  | { readonly kind: 'turns'; readonly members: readonly UserKernelSource[] };

export type UserKernelSource =
  /** A TypeScript or JavaScript module, bundled at load; `code` is one ES module, `hash` its SHA-256 in hex. */
  | { readonly kind: 'module'; readonly path: string; readonly code: string; readonly hash: string }
  /** A C source (built at each node that lacks it) or a shared library. */
  | {
      readonly kind: 'library';
      readonly path: string;
      readonly symbol: string;
      readonly inputs: readonly ColumnSpec[];
      readonly outputs: readonly ColumnSpec[];
      /** Source text of a `.c` kernel, which travels with the study; absent for a `.so`, which must be reachable. */
      readonly code?: string;
      readonly hash: string;
    }
  | CommandSource;

export interface Schedule {
  readonly strategy: Strategy;
  /** Cases in a chunk, or `auto`: found at run time from how long cases take. */
  readonly chunk: number | 'auto';
}

/** Formulas over parameters and derived values, for the scheduler. */
export type StudyCost =
  /** Cost of a case, in any unit. */
  | { readonly kind: 'known'; readonly formula: string }
  /** Positive numbers that the cost depends on; how, is learned while the study runs. */
  | { readonly kind: 'features'; readonly formulas: readonly string[] };

export interface Study {
  readonly schemaVersion: typeof studySchemaVersion;
  readonly name: string;
  readonly description: string;
  /** Absolute path of the study file, and its text as read; for the run directory. */
  readonly source: { readonly path: string; readonly text: string };
  readonly kernel: KernelSource;
  readonly settings: unknown;
  /** How to make any case from its index; see CaseSpace. */
  readonly cases: import('./case-space.js').CasePlan;
  /** Data for every rank, by name: Float64Array with shape, or plain values. Goes to a kernel's `prepare`. */
  readonly shared: Readonly<Record<string, unknown>>;
  readonly schedule: Schedule;
  /** What is known of the costs of cases; absent when the study says nothing. */
  readonly cost?: StudyCost;
  readonly execution: Execution;
  /** Order, dependencies and resources of cases; absent when the study says nothing. */
  readonly tasks?: StudyTasks;
  /** The job of the study where Slurm runs it; absent when the study says nothing. */
  readonly slurm?: SlurmSettings;
  readonly statistics: readonly StatisticName[];
  readonly output: readonly OutputFormat[];
  /** SHA-256 in hex over parameters, shared data, kernel name and version (not its form): what makes a study itself. */
  readonly fingerprint: string;
}
