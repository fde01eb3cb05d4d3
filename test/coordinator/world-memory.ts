/** What memory the processes of simulated workers have, and how they end for want of it. */
import type { Home } from '../../src/coordinator/state.js';
import type { Loss } from '../../src/messages/loss.js';
import type { SimulatedWorker } from './simulated-worker.js';
import type { WorldOptions } from './world.js';

/** The one host that there is. */
export function homeOf({ hostBytes = Number.POSITIVE_INFINITY }: WorldOptions): Home {
  return { host: 'host', memoryBytes: hostBytes };
}

/** How the process ends that comes to this case; undefined where it has enough. `isUsed`: it has computed others. */
export function shortageOf(
  { needs, leakBytes = 0 }: WorldOptions,
  { memoryBytes }: SimulatedWorker,
  index: number,
  isUsed: boolean,
): Loss | undefined {
  const need = (needs?.get(index) ?? 0) + (isUsed ? leakBytes : 0);
  if (need <= memoryBytes) return undefined;
  const message = `needed more memory than ${memoryBytes}`;
  return {
    how: `ended because it ${message}`,
    running: [{ first: index, count: 1 }],
    // Only what a fresh one computes first is sure to be it.
    verdict: { failure: { status: 'failed', type: 'OutOfMemory', message, memoryBytes }, isProven: !isUsed },
  };
}

/** Throws where some have more memory than others, and all together more than their host. */
export function checkRoom(
  { memory, hostBytes = Number.POSITIVE_INFINITY }: WorldOptions,
  workers: readonly SimulatedWorker[],
): void {
  const busy = workers.filter(({ state, ranges }) => state === 'ready' && ranges.length > 0);
  const bytes = busy.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0);
  const isAnyRaised = busy.some(({ memoryBytes }) => memory && memoryBytes > memory.limitBytes);
  if (isAnyRaised && busy.length > 1 && bytes > hostBytes)
    throw new Error(`${bytes} of ${hostBytes} bytes are promised`);
}
