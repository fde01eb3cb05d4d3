/** What of the supervision of workers is possible on this machine, found out by trying. */
import { existsSync } from 'node:fs';
import { mapFile } from '../../ffi/map-file.js';
import { beaconBytes } from '../beacon/layout.js';
import { Beacon } from '../beacon/reader.js';
import { availableMemory } from '../memory/memory.js';
import { delegatedFolder } from '../memory/memory-group.js';
import { scratchBase } from '../scratch.js';
import { allowedCores } from './affinity.js';
import { gpuNames } from './gpus.js';

export interface Abilities {
  /** Why single cases cannot be watched; absent where they can. */
  readonly watchProblem?: string;
  /** How a limit of memory is kept: by the kernel, by looking now and then, or not at all. */
  readonly memoryLimit: 'control group' | 'polled' | 'none';
  /** Bytes that this machine has left for workers. */
  readonly availableMemory: number;
  /** Whether workers can be bound to cores, and to which. */
  readonly pinning: readonly number[] | 'none';
  readonly gpus: number;
  /** Where kernels get their scratch folders. */
  readonly scratch: string;
}

export function findAbilities(environment: NodeJS.ProcessEnv): Abilities {
  const watchProblem = tryBeacon();
  const isPolled = existsSync('/proc/self/status');
  return {
    ...(watchProblem !== undefined && { watchProblem }),
    memoryLimit: delegatedFolder(environment) ? 'control group' : isPolled ? 'polled' : 'none',
    availableMemory: availableMemory(),
    pinning: process.platform === 'linux' ? allowedCores() : 'none',
    gpus: gpuNames('auto', environment).length,
    scratch: scratchBase(environment),
  };
}

function tryBeacon(): string | undefined {
  try {
    const beacon = new Beacon(1);
    try {
      mapFile(beacon.descriptor, beaconBytes(1));
    } finally {
      beacon.close();
    }
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
