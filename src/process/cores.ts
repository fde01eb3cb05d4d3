/** How many cores this process may use: affinity, then the quota of its control groups. */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** Whole cores, at least 1. `root` is where the control groups are mounted, for tests. */
export function availableCores(root = '/sys/fs/cgroup', membership = '/proc/self/cgroup'): number {
  const quota = cgroupQuota(root, readText(membership) ?? '');
  return Math.max(1, Math.min(availableParallelism(), Math.ceil(quota)));
}

/** Cores by the tightest quota on the way from this process's group to the root, or Infinity. */
export function cgroupQuota(root: string, membership: string): number {
  let quota = Number.POSITIVE_INFINITY;
  for (const line of membership.split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (path === undefined) continue;
    if (controllers === '') {
      for (const folder of ancestors(path)) quota = Math.min(quota, quotaV2(`${root}${folder}/cpu.max`));
    } else if (controllers?.split(',').includes('cpu')) {
      for (const folder of ancestors(path)) quota = Math.min(quota, quotaV1(`${root}/cpu${folder}`));
    }
  }
  return quota;
}

function ancestors(path: string): string[] {
  const parts = path.split('/').filter(Boolean);
  return ['', ...parts.map((_, i) => `/${parts.slice(0, i + 1).join('/')}`)];
}

/** `cpu.max` holds "QUOTA PERIOD" in microseconds, QUOTA being "max" where there is none. */
function quotaV2(file: string): number {
  const [quota, period] = (readText(file) ?? '').trim().split(/\s+/).map(Number);
  return ratio(quota, period);
}

function quotaV1(folder: string): number {
  return ratio(
    Number(readText(`${folder}/cpu.cfs_quota_us`) ?? Number.NaN),
    Number(readText(`${folder}/cpu.cfs_period_us`) ?? Number.NaN),
  );
}

function ratio(quota: number | undefined, period: number | undefined): number {
  const cores = (quota ?? Number.NaN) / (period ?? Number.NaN);
  return cores > 0 && Number.isFinite(cores) ? cores : Number.POSITIVE_INFINITY;
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
