/** Watches a kernel that lives in its rank, from a thread beside it: the rank itself does nothing while the kernel computes. */
import { Worker } from 'node:worker_threads';
import { beaconBytes } from '../../process/beacon/layout.js';
import { BeaconWriter } from '../../process/beacon/writer.js';
import { mainScript } from '../../process/install.js';
import type { Limits } from '../local/watch.js';
import type { WatchdogOrders } from './watchdog-thread.js';

export interface Watchdog {
  /** Where the rank says what it computes. */
  readonly beacon: BeaconWriter;
  close(): Promise<void>;
}

/** A case over its limits costs the job, since a rank cannot be ended without it. */
export function startWatchdog(rank: number, { timeoutMs, stallMs }: Limits): Watchdog {
  const memory = new SharedArrayBuffer(beaconBytes(1));
  const orders: WatchdogOrders = { memory, rank, limits: { timeoutMs, stallMs } };
  const thread = new Worker(mainScript(), { workerData: orders });
  thread.unref();
  // koffi, among what the thread loads, ends the whole process when it is ended halfway.
  const isUp = new Promise<void>((resolve) => {
    thread.once('message', () => resolve());
    thread.once('exit', () => resolve());
  });
  thread.on('error', (error) => {
    process.stderr.write(`rank ${rank}: cases have no time limit here: ${error.message}\n`);
  });
  return {
    beacon: new BeaconWriter(memory),
    close: async () => {
      thread.ref();
      await isUp;
      await thread.terminate();
    },
  };
}
