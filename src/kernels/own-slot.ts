/** A slot for cases that this process computes by itself, outside a run: `eval`, and verification. */
import { rmSync } from 'node:fs';
import { BeaconWriter } from '../process/beacon/writer.js';
import { availableCores } from '../process/node/cores.js';
import { scratchFolder } from '../process/scratch.js';
import { CancelSource } from './cancel.js';
import { Slot } from './slot.js';

export interface OwnSlot {
  readonly slot: Slot;
  /** Removes whatever kernels left in their scratch folders. */
  close(): void;
}

export function ownSlot(log: (message: string) => void): OwnSlot {
  const folder = scratchFolder(0);
  const slot = new Slot({
    worker: 0,
    threads: availableCores(),
    cancel: new CancelSource(),
    beacon: new BeaconWriter().slot(0),
    scratchRoot: () => folder,
    log,
  });
  return { slot, close: () => rmSync(folder, { recursive: true, force: true }) };
}
