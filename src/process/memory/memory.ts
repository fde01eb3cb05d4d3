/** Memory that this machine has left for us: what is free, and what the limits of our control groups leave. */
import { freemem } from 'node:os';
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

/** How often the kernel has ended a process for want of memory, in the control groups that we are in. */
export function memoryKills(root = groupRoot, membership = membershipFile): number {
  let kills = 0;
  for (const { version, path } of groupFolders('memory', root, readText(membership) ?? '')) {
    const text = readText(version === 2 ? `${path}/memory.events` : `${path}/memory.oom_control`) ?? '';
    kills = Math.max(kills, Number(/^oom_kill (\d+)$/m.exec(text)?.[1] ?? 0));
  }
  return kills;
}

function leftIn({ version, path }: GroupFolder): number {
  const names =
    version === 2
      ? { limit: 'memory.max', used: 'memory.current' }
      : { limit: 'memory.limit_in_bytes', used: 'memory.usage_in_bytes' };
  const limit = Number(readText(`${path}/${names.limit}`)?.trim() ?? Number.NaN);
  if (!Number.isFinite(limit)) return Number.POSITIVE_INFINITY;
  const used = Number(readText(`${path}/${names.used}`) ?? 0);
  // Files that were read lately are given up as soon as somebody needs the memory.
  const cached = Number(
    /^(?:total_)?inactive_file (\d+)$/m.exec(readText(`${path}/memory.stat`) ?? '')?.[1] ?? 0,
  );
  return limit - Math.max(0, used - cached);
}
