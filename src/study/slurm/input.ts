/** The section `slurm` as a user writes it in TypeScript. */
import type { ChainKind, MpiFamily, SlurmLauncher } from './settings.js';

type Texts = string | string[];

/** Times have their unit (`90 min`), sizes too (`4 GB`); `auto` is proposed from what cases are predicted to take. */
export interface SlurmInput {
  readonly site?: string | undefined;
  readonly job_name?: string | undefined;
  readonly nodes?: number | string | undefined;
  readonly ntasks?: number | 'auto' | undefined;
  readonly ntasks_per_node?: number | undefined;
  readonly cpus_per_task?: number | undefined;
  readonly mem?: string | number | undefined;
  readonly mem_per_cpu?: string | number | undefined;
  readonly time?: string | number | undefined;
  readonly partition?: Readonly<Texts> | undefined;
  readonly account?: string | undefined;
  readonly qos?: string | undefined;
  readonly constraint?: string | undefined;
  readonly gpus?: number | string | undefined;
  readonly gpus_per_node?: number | string | undefined;
  readonly gres?: string | undefined;
  readonly exclusive?: boolean | 'user' | 'mcs' | undefined;
  readonly dependency?: string | undefined;
  readonly begin?: string | undefined;
  readonly nodelist?: string | undefined;
  readonly exclude?: string | undefined;
  readonly mail_type?: Readonly<Texts> | undefined;
  readonly mail_user?: string | undefined;
  readonly licenses?: Readonly<Texts> | undefined;
  readonly reservation?: string | undefined;
  readonly output?: string | undefined;
  readonly error?: string | undefined;
  readonly signal?: string | number | undefined;
  readonly requeue?: boolean | undefined;
  readonly hint?: 'compute_bound' | 'memory_bound' | 'multithread' | 'nomultithread' | undefined;
  readonly comment?: string | undefined;
  readonly options?: readonly string[] | undefined;
  readonly mpi?: MpiFamily | undefined;
  readonly launcher?: SlurmLauncher | undefined;
  readonly modules?: readonly string[] | undefined;
  readonly environment?: Readonly<Record<string, string | number>> | undefined;
  readonly scratch?: string | undefined;
  readonly stagger?: string | number | undefined;
  readonly preflight?: boolean | undefined;
  readonly chain?: ChainKind | undefined;
  readonly shards?: number | undefined;
  readonly array_limit?: number | undefined;
}
