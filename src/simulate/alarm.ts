/** A reactor's one alarm in simulated time. */
import type { EventQueue } from './event-queue.js';

/** What `wakeAt` does: of several requests that wait, the earliest is answered, once. */
export function alarm(time: EventQueue, onTime: () => void): (atMs: number) => void {
  let wakeMs = Number.POSITIVE_INFINITY;
  return (atMs) => {
    if (atMs >= wakeMs) return;
    wakeMs = atMs;
    time.at(atMs, () => {
      // An earlier request came behind this one, and was answered in its place.
      if (wakeMs !== atMs) return;
      wakeMs = Number.POSITIVE_INFINITY;
      onTime();
    });
  };
}
