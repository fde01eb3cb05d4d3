/** A worker's life at its end of a link, whatever carries the link. */
import { hostname } from 'node:os';
import { kernelIdentity, loadKernel } from '../kernels/load.js';
import type { Hello, Welcome } from '../messages/message.js';
import type { BeaconWriter } from '../process/beacon/writer.js';
import { type Household, openHousehold } from '../process/guardian/household.js';
import { buildId } from '../process/install.js';
import { hostMemory } from '../process/memory/memory.js';
import { gpuNames } from '../process/node/gpus.js';
import { ownHoldings } from '../process/node/holdings.js';
import type { KernelMaker } from '../study/solver.js';
import { type WorkEnd, type WorkPlace, work } from '../worker/work.js';
import { ownIdentity } from './handshake.js';
import type { WorkerLink } from './links/transport.js';

/** `load` makes the kernel where that is not this process's own affair. */
export function serve(
  link: WorkerLink,
  place: WorkPlace,
  makers: readonly KernelMaker[],
  load = ({ study, shared, form }: Welcome) => loadKernel(study, makers, shared, form),
): Promise<WorkEnd> {
  return work({
    link,
    place,
    hello: ownHello(place.gpus, place.memoryBytes),
    loadKernel: async (welcome: Welcome) => {
      const kernel = await load(welcome);
      return { kernel, identity: kernelIdentity(kernel) };
    },
  });
}

export function ownHello(gpus = gpuNames('auto'), memoryBytes = hostMemory()): Omit<Hello, 'kind'> {
  return {
    ...ownIdentity(buildId()),
    host: hostname(),
    pid: process.pid,
    node: process.version,
    holdings: ownHoldings(gpus, memoryBytes),
  };
}

/** Of a worker that nobody supervises: what it asks for is made when it asks, and gone when it closes. */
export interface OwnPlace extends WorkPlace {
  close(): void;
}

export function ownPlace(worker: number, threads: number, beacon?: BeaconWriter): OwnPlace {
  let household: Household | undefined;
  return {
    worker,
    threads,
    ...(beacon && { beacon }),
    scratchRoot: () => {
      household ??= openHousehold();
      return household.scratch;
    },
    close: () => household?.close(),
  };
}
