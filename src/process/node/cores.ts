/** How many cores this process may use: affinity, then the quota of its control groups. */
import { availableParallelism } from 'node:os';
import { groupFolders, groupRoot, membershipFile, readText } from '../memory/cgroup.js';

/** Whole cores, at least 1. `root` is where the control groups are mounted, for tests. */
export function availableCores(root = groupRoot, membership = membershipFile): number {
  const quota = cgroupQuota(root, readText(membership) ?? '');
  return Math.max(1, Math.min(availableParallelism(), Math.ceil(quota)));
}

/** Cores by the tightest quota on the way from this process's group to the root, or Infinity. */
export function cgroupQuota(root: string, membership: string): number {
  const quotas = groupFolders('cpu', root, membership).map(({ version, path }) =>
    version === 2 ? quotaV2(`${path}/cpu.max`) : quotaV1(path),
  );
  return Math.min(Number.POSITIVE_INFINITY, ...quotas);
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
