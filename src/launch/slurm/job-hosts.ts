/** The nodes of a job, as far as its settings say what they are: for plans of runs there. */
import type { JobSettings } from '../../study/slurm/settings.js';

export interface JobHost {
  readonly name: string;
  /** Ranks on it. */
  readonly slots: number;
  readonly cores: number;
  /** Undefined where the settings do not say. */
  readonly memoryBytes: number | undefined;
  readonly gpus: number | undefined;
}

/** Undefined where neither the number of nodes nor the ranks of each are said: Slurm may put the ranks anywhere. */
export function jobHosts(job: JobSettings): readonly JobHost[] | undefined {
  const { cpusPerTask = 1, memPerCpu, mem } = job;
  return slotsOf(job)?.map((slots, i) => {
    const cores = slots * cpusPerTask;
    // A memory of 0 is all that the node has, which only Slurm knows.
    const memoryBytes = memPerCpu === undefined ? mem || undefined : memPerCpu * cores;
    return { name: `node ${i + 1}`, slots, cores, memoryBytes, gpus: gpusOf(job) };
  });
}

/** Ranks of a job whose nodes are not known; undefined where those are not said either. */
export function jobRanks({ ntasks }: JobSettings): number | undefined {
  return typeof ntasks === 'number' ? ntasks : undefined;
}

/** Ranks of each node, spread evenly as Slurm does where it is not told how many each has. */
function slotsOf(job: JobSettings): readonly number[] | undefined {
  const { ntasksPerNode } = job;
  const ntasks = jobRanks(job);
  const nodes = nodeCount(job) ?? (ntasks && ntasksPerNode && Math.ceil(ntasks / ntasksPerNode));
  if (!nodes) return undefined;
  const total = ntasks ?? nodes * (ntasksPerNode ?? 1);
  const each = Array.from(
    { length: nodes },
    (_, i) => Math.floor(total / nodes) + (i < total % nodes ? 1 : 0),
  );
  return each.filter((slots) => slots > 0);
}

/** Of a range that which the job has at least. */
function nodeCount({ nodes }: JobSettings): number | undefined {
  const least = Number.parseInt(String(nodes ?? ''), 10);
  return least > 0 ? least : undefined;
}

/** `4`, `a100:4` or `gpu:a100:4`. */
function gpusOf({ gpusPerNode, gres }: JobSettings): number | undefined {
  const said = gpusPerNode ?? gres?.split(',').find((entry) => /^(gres\/)?gpu\b/.test(entry));
  if (said === undefined) return undefined;
  const count = String(said).split(':').at(-1)!;
  return /^\d+$/.test(count) ? Number(count) : 1;
}
