/** A local child: a worker that is spoken to over its standard input and output, and watched by its beacon. */
import { closeSync, rmSync } from 'node:fs';
import { mapFile } from '../../ffi/map-file.js';
import { encodeMessage } from '../../messages/wire.js';
import { beaconBytes } from '../../process/beacon/layout.js';
import { BeaconWriter } from '../../process/beacon/writer.js';
import { ownMemoryKills } from '../../process/memory/memory.js';
import type { WorkerSettings } from '../../process/worker-settings.js';
import type { KernelMaker } from '../../study/solver.js';
import { serve } from '../serve.js';
import { adapterOf } from './adapt.js';
import { bindOrTell } from './bind.js';
import { endWithParent } from './orphan-watch.js';
import { stdioLink } from './worker-link.js';

const beaconDescriptor = 3;

/** Resolves with the exit code. */
export async function serveStdio(settings: WorkerSettings, makers: readonly KernelMaker[]): Promise<number> {
  // Without its coordinator a worker has nothing to do, whatever it is doing.
  const link = stdioLink(() => process.exit(0));
  const { worker, threads, scratch, beaconSlots, cores, gpus, memoryBytes } = settings;
  const { isGuest, isCarried, isGrouped } = settings;
  if (isCarried) {
    endWithParent();
    process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
  }
  if (isGuest) process.on('SIGTERM', () => link.inject(encodeMessage({ kind: 'leave' })));
  bindOrTell(cores);
  const beacon = lightBeacon(beaconSlots);
  if (beacon) link.waitDirectly();
  const place = {
    ...{ worker, threads, adapt: adapterOf(), scratchRoot: () => scratch },
    ...(gpus && { gpus }),
    ...(memoryBytes !== undefined && { memoryBytes }),
    ...(isGrouped && { isStarved: () => ownMemoryKills() > 0 }),
    ...(beacon && { beacon }),
  };
  const end = await serve(link, place, makers);
  await link.close();
  return end.kind === 'refused' ? 2 : 0;
}

/** Without shared memory nobody sees single cases, and chunks are watched as a whole: it is told, and the work goes on. */
export function lightBeacon(slots: number): BeaconWriter | undefined {
  if (slots === 0) return undefined;
  try {
    return new BeaconWriter(mapFile(beaconDescriptor, beaconBytes(slots)));
  } catch (error) {
    const { message } = error as Error;
    process.stderr.write(
      `no memory is shared with the supervisor, which sees whole chunks only: ${message}\n`,
    );
    return undefined;
  } finally {
    // What a kernel starts should not have it.
    closeSync(beaconDescriptor);
  }
}
