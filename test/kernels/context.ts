/** Contexts for kernels that a test calls by itself. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CancelSource } from '../../src/kernels/cancel.js';
import type { BatchContext } from '../../src/kernels/kernel.js';
import { Slot } from '../../src/kernels/slot.js';
import { BeaconWriter } from '../../src/process/beacon/writer.js';

/** Of the batch that begins with this case; lines for the log go to `lines`. */
export function contextOf(first = 0, lines: string[] = [], attempt = 1): BatchContext {
  const slot = new Slot({
    worker: 0,
    threads: 1,
    cancel: new CancelSource(),
    beacon: new BeaconWriter().slot(0),
    scratchRoot: () => join(tmpdir(), `shoal-test-${process.pid}`),
    log: (line) => lines.push(line),
  });
  return slot.open(first, 1, attempt);
}
