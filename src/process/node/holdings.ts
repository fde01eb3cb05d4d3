/** What this process sees of its host's resources, as a worker tells the coordinator. */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Holdings } from '../../messages/message.js';
import { hostMemory } from '../memory/memory.js';
import { cgroupQuota } from './cores.js';

/**
 * `gpus`: names of those of the host, of which this process may have been shown one. `memoryBytes`: what all of ours may
 * use there, of which this one may have been given a part.
 */
export function ownHoldings(gpus: readonly string[], memoryBytes = hostMemory()): Holdings {
  const quota = cgroupQuota('/sys/fs/cgroup', readText('/proc/self/cgroup') ?? '');
  const cores = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readText('/proc/self/status') ?? '')?.[1];
  return {
    cores: cores ?? `0-${availableParallelism() - 1}`,
    quota: Number.isFinite(quota) ? quota : null,
    memoryBytes,
    gpus,
  };
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
