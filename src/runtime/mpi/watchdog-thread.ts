/** What the watchdog's thread does: it looks at the beacon of its rank, and ends the rank over a case that does not end. */
import { writeSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { sightingsIn } from '../../process/beacon/reader.js';
import { durationText } from '../../study/quantities.js';
import { chargedMs, type Limits, lookIntervalMs, type Overdue, Watch } from '../local/watch.js';

export interface WatchdogOrders {
  readonly memory: SharedArrayBuffer;
  readonly rank: number;
  readonly limits: Limits;
}

/** Never resolves: the thread ends with its rank, or is ended by it. */
export function runWatchdog({ memory, rank, limits }: WatchdogOrders): Promise<never> {
  const watch = new Watch(limits);
  let lookedMs = performance.now();
  parentPort?.postMessage('up');
  return new Promise(() => {
    setInterval(() => {
      const now = performance.now();
      const passedMs = chargedMs(now - lookedMs, limits);
      lookedMs = now;
      const overdue = watch.look(sightingsIn(new Uint8Array(memory).slice()) ?? [], passedMs);
      if (!overdue) return;
      // The rank's own streams wait for its event loop.
      writeSync(2, `shoal: rank ${rank}: ${lastWords(overdue, limits)}\n`);
      // Listeners for other signals live in the event loop as well.
      process.kill(process.pid, 'SIGKILL');
    }, lookIntervalMs(limits));
  });
}

function lastWords({ kind, sighting: { first, count } }: Overdue, limits: Limits): string {
  const who = count === 1 ? `case ${first}` : `a batch of ${count} cases from ${first}`;
  const what =
    kind === 'timeout'
      ? `took longer than ${durationText(limits.timeoutMs)}`
      : `gave no sign of life for ${durationText(limits.stallMs)}`;
  const each = count === 1 ? '' : ' each';
  return `${who} ${what}${each}. Its kernel lives in the rank (isolation: inline), so that the job ends with it`;
}
