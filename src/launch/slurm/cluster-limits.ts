/** What a cluster allows its jobs, as `scontrol` tells it; nothing where it cannot be asked. */
import type { JobSettings } from '../../study/slurm/settings.js';
import type { Host } from '../remote/host.js';
import { callSlurm } from './jobs/call.js';
import { parseCount, parseElapsedMs } from './jobs/quantities.js';

export interface Partition {
  readonly name: string;
  readonly isDefault: boolean;
  /** Undefined without a limit. */
  readonly mostTimeMs: number | undefined;
  /** That one job may have. */
  readonly nodes: number;
  readonly cpusPerNode: number;
}

export interface JobBounds {
  readonly mostTimeMs: number | undefined;
  readonly mostRanks: number | undefined;
  /** Whose bounds they are. */
  readonly of: string;
}

/** A cluster that does not answer by then is planned for without its word. */
const patienceMs = 5_000;

export async function askMaxArraySize(host: Host): Promise<number | undefined> {
  const size = /^MaxArraySize\s*=\s*(\d+)/m.exec(await shown(host, ['config']))?.[1];
  return size === undefined ? undefined : Number(size);
}

export async function askPartitions(host: Host): Promise<readonly Partition[]> {
  return parsePartitions(await shown(host, ['partition', '--oneliner']));
}

/** Lines of `scontrol show partition --oneliner`. */
export function parsePartitions(text: string): readonly Partition[] {
  return text.split('\n').flatMap((line) => {
    const field = (key: string): string | undefined => new RegExp(`(?:^| )${key}=(\\S*)`).exec(line)?.[1];
    const [name, total, cpus] = [field('PartitionName'), field('TotalNodes'), field('TotalCPUs')];
    const [nodes, allCpus] = [parseCount(total), parseCount(cpus)];
    if (name === undefined || !nodes || !allCpus) return [];
    return {
      name,
      isDefault: field('Default') === 'YES',
      mostTimeMs: parseElapsedMs(field('MaxTime')),
      nodes: Math.min(nodes, parseCount(field('MaxNodes')) ?? nodes),
      cpusPerNode: Math.min(allCpus / nodes, parseCount(field('MaxCPUsPerNode')) ?? allCpus),
    };
  });
}

/** Bounds of a job in the partitions that it asks for, or in the default one; of several, Slurm takes one that fits. */
export function jobBounds(partitions: readonly Partition[], job: JobSettings): JobBounds | undefined {
  const own = partitions.filter(({ name, isDefault }) => job.partition?.includes(name) ?? isDefault);
  if (own.length === 0) return undefined;
  const times = own.map(({ mostTimeMs }) => mostTimeMs ?? Number.POSITIVE_INFINITY);
  const asked =
    job.nodes === undefined ? Number.POSITIVE_INFINITY : Number(String(job.nodes).split('-').at(-1));
  const perNode = (cpus: number): number =>
    Math.min(Math.floor(cpus / (job.cpusPerTask ?? 1)), job.ntasksPerNode ?? Number.POSITIVE_INFINITY);
  const ranks = own.map(({ nodes, cpusPerNode }) => Math.min(nodes, asked) * perNode(cpusPerNode));
  const [mostTimeMs, mostRanks] = [Math.max(...times), Math.max(...ranks)];
  return {
    mostTimeMs: Number.isFinite(mostTimeMs) ? mostTimeMs : undefined,
    // Where not one fits, Slurm itself says why.
    mostRanks: mostRanks > 0 ? mostRanks : undefined,
    of: `the partition ${own.map(({ name }) => name).join(' or ')}`,
  };
}

async function shown(host: Host, what: readonly string[]): Promise<string> {
  const answer = await callSlurm(host, ['scontrol', 'show', ...what], { timeoutMs: patienceMs });
  return answer.kind === 'ok' ? answer.stdout : '';
}
