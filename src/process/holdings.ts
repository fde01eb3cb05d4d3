/** What this process sees of its host's resources, as a worker tells the coordinator. */
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import type { Holdings } from '../messages/message.js';
import { cgroupQuota } from './cores.js';

export function ownHoldings(environment: NodeJS.ProcessEnv = process.env): Holdings {
  const quota = cgroupQuota('/sys/fs/cgroup', readText('/proc/self/cgroup') ?? '');
  const cores = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readText('/proc/self/status') ?? '')?.[1];
  const limit = process.constrainedMemory();
  return {
    cores: cores ?? `0-${availableParallelism() - 1}`,
    quota: Number.isFinite(quota) ? quota : null,
    memoryBytes: limit > 0 ? Math.min(limit, totalmem()) : totalmem(),
    gpus: namesOfGpus(environment),
  };
}

/** Names by which programs know the GPUs that they see. */
function namesOfGpus({ CUDA_VISIBLE_DEVICES: list }: NodeJS.ProcessEnv): string[] {
  if (list !== undefined) return list.split(',').flatMap((name) => name.trim() || []);
  try {
    return readdirSync('/dev').flatMap((name) => /^nvidia(\d+)$/.exec(name)?.[1] ?? []);
  } catch {
    return [];
  }
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
