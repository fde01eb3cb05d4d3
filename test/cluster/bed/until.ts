/** Waiting for something that a cluster will do by itself. */
import { setTimeout as pause } from 'node:timers/promises';

/** Asks until the answer is yes. Late is an error that names what was waited for. */
export async function until(
  what: string,
  isSo: () => Promise<boolean>,
  { everyMs = 20, timeoutMs = 60_000 }: { everyMs?: number; timeoutMs?: number } = {},
): Promise<void> {
  const start = performance.now();
  while (!(await isSo())) {
    if (performance.now() - start > timeoutMs) throw new Error(`waited ${timeoutMs} ms for ${what}`);
    await pause(everyMs);
  }
}
