/** The job of a study as it is resolved: times in milliseconds, sizes in bytes; what is absent is left to Slurm. */

/** MPI libraries by how their jobs are started, which an ABI does not tell. */
export const mpiFamilies = ['openmpi', 'mpich', 'intel', 'cray'] as const;
export type MpiFamily = (typeof mpiFamilies)[number];

export const slurmLaunchers = ['mpirun', 'srun'] as const;
export type SlurmLauncher = (typeof slurmLaunchers)[number];

/** `requeue`: the same job again; `resubmit`: a new job that waits for the end of this one. */
export const chainKinds = ['requeue', 'resubmit', 'none'] as const;
export type ChainKind = (typeof chainKinds)[number];

export const jobHints = ['compute_bound', 'memory_bound', 'multithread', 'nomultithread'] as const;

/** One for each option of sbatch. `auto` is filled in from what cases are predicted to take. */
export interface JobSettings {
  readonly jobName?: string | undefined;
  /** A number, or a range. */
  readonly nodes?: number | string | undefined;
  readonly ntasks?: number | 'auto' | undefined;
  readonly ntasksPerNode?: number | undefined;
  readonly cpusPerTask?: number | undefined;
  /** Of each node; 0 for all of it. */
  readonly mem?: number | undefined;
  readonly memPerCpu?: number | undefined;
  readonly time?: number | 'auto' | undefined;
  readonly partition?: readonly string[] | undefined;
  readonly account?: string | undefined;
  readonly qos?: string | undefined;
  readonly constraint?: string | undefined;
  readonly gpus?: number | string | undefined;
  readonly gpusPerNode?: number | string | undefined;
  readonly gres?: string | undefined;
  readonly exclusive?: boolean | 'user' | 'mcs' | undefined;
  readonly dependency?: string | undefined;
  readonly begin?: string | undefined;
  readonly nodelist?: string | undefined;
  readonly exclude?: string | undefined;
  readonly mailType?: readonly string[] | undefined;
  readonly mailUser?: string | undefined;
  readonly licenses?: readonly string[] | undefined;
  readonly reservation?: string | undefined;
  readonly output?: string | undefined;
  readonly error?: string | undefined;
  /** How long before the time limit. */
  readonly signal?: number | 'auto' | 'none' | undefined;
  readonly requeue?: boolean | undefined;
  readonly hint?: (typeof jobHints)[number] | undefined;
  readonly comment?: string | undefined;
  readonly options?: readonly string[] | undefined;
}

export interface ScriptSettings {
  readonly mpi?: MpiFamily | undefined;
  readonly launcher?: SlurmLauncher | undefined;
  readonly modules?: readonly string[] | undefined;
  readonly environment?: Readonly<Record<string, string | number>> | undefined;
  readonly scratch?: string | undefined;
  readonly stagger?: string | number | undefined;
  readonly preflight?: boolean | undefined;
  readonly chain?: ChainKind | undefined;
  readonly shards?: number | undefined;
  readonly arrayLimit?: number | undefined;
}

/** What a study, or a command line, says of its job. */
export interface SlurmSettings {
  readonly site?: string | undefined;
  readonly job: JobSettings;
  readonly script: ScriptSettings;
}

/** Without keys that say nothing, so that others can be laid under it. */
export function present<T extends object>(settings: T): T {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as T;
}
