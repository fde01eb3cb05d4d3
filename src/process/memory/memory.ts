/** Memory that this machine has for us, and what of it is left: by what is installed, by our control groups, by Slurm. */
import { freemem, totalmem } from 'node:os';
import { type GroupFolder, groupFolders, groupRoot, membershipFile, readText } from './cgroup.js';

/** Bytes. Caches count as free. The parameters are for tests. */
export function availableMemory(
  root = groupRoot,
  membership = membershipFile,
  meminfo = '/proc/meminfo',
): number {
  const match = /^MemAvailable:\s+(\d+) kB$/m.exec(readText(meminfo) ?? '');
  const free = match ? Number(match[1]) * 1024 : freemem();
  return Math.max(0, Math.min(free, ...groupFolders('memory', root, readText(membership) ?? '').map(leftIn)));
}

/**
 * Bytes that all processes of this job may use on this host together, whatever is free now. Slurm's own limit counts
 * where nothing enforces it, too. The parameters are for tests.
 */
export function hostMemory(
  environment: NodeJS.ProcessEnv = process.env,
  root = groupRoot,
  membership = membershipFile,
  installed = totalmem(),
): number {
  const limits = groupFolders('memory', root, readText(membership) ?? '').map((folder) => limitOf(folder));
  return Math.min(installed, ...limits, slurmMemory(environment));
}

/** How often the kernel has ended a process for want of memory, in the control groups that we are in. */
export function memoryKills(root = groupRoot, membership = membershipFile): number {
  return Math.max(0, ...groupFolders('memory', root, readText(membership) ?? '').map(killsIn));
}

/** The same in the innermost of them alone: of processes of our own, where that group was made for us. */
export function ownMemoryKills(root = groupRoot, membership = membershipFile): number {
  const folders = groupFolders('memory', root, readText(membership) ?? '');
  const own = ([1, 2] as const).map((version) => folders.findLast((folder) => folder.version === version));
  return Math.max(0, ...own.map((folder) => (folder ? killsIn(folder) : 0)));
}

function killsIn({ version, path }: GroupFolder): number {
  const text = readText(version === 2 ? `${path}/memory.events` : `${path}/memory.oom_control`) ?? '';
  return Number(/^oom_kill (\d+)$/m.exec(text)?.[1] ?? 0);
}

function leftIn(folder: GroupFolder): number {
  const { version, path } = folder;
  const limit = limitOf(folder);
  if (!Number.isFinite(limit)) return limit;
  const used = Number(readText(`${path}/${version === 2 ? 'memory.current' : 'memory.usage_in_bytes'}`) ?? 0);
  // Files that were read lately are given up as soon as somebody needs the memory.
  const cached = Number(
    /^(?:total_)?inactive_file (\d+)$/m.exec(readText(`${path}/memory.stat`) ?? '')?.[1] ?? 0,
  );
  return limit - Math.max(0, used - cached);
}

/** Infinity where the group has none. */
function limitOf({ version, path }: GroupFolder): number {
  const text = readText(`${path}/${version === 2 ? 'memory.max' : 'memory.limit_in_bytes'}`)?.trim();
  const limit = Number(text ?? Number.NaN);
  return Number.isFinite(limit) ? limit : Number.POSITIVE_INFINITY;
}

/** What the job was given of this node, in MiB: for the node, or for each core. 0 is all there is. */
function slurmMemory({
  SLURM_MEM_PER_NODE: node,
  SLURM_MEM_PER_CPU: core,
  SLURM_CPUS_ON_NODE: cores,
}: NodeJS.ProcessEnv): number {
  const mebibytes = Number(node ?? Number(core ?? 0) * Number(cores ?? 0));
  return mebibytes > 0 ? mebibytes * 2 ** 20 : Number.POSITIVE_INFINITY;
}
