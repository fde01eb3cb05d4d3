/** Waiting for something that a cluster will do by itself. */
import { setTimeout as pause } from 'node:timers/promises';

export interface UntilOptions {
  readonly everyMs?: number;
  readonly timeoutMs?: number;
  /** What else to say when it takes too long. */
  readonly condition?: () => Promise<string>;
}

/** Asks until the answer is yes, in a fifth of the time at most. Late is an error that names what was waited for. */
export async function until(
  what: string,
  isSo: () => Promise<boolean>,
  { everyMs = 20, timeoutMs = 240_000, condition }: UntilOptions = {},
): Promise<void> {
  const start = performance.now();
  for (;;) {
    const asked = performance.now();
    if (await isSo()) return;
    if (performance.now() - start > timeoutMs) {
      const found = condition ? `\n${await condition()}` : '';
      throw new Error(`waited ${timeoutMs} ms for ${what}${found}`);
    }
    await pause(Math.max(everyMs, 4 * (performance.now() - asked)));
  }
}
