/** Counting processes by a variable in their environment: what a test started and whatever these started. */
import { readdirSync, readFileSync } from 'node:fs';

/** Process numbers, zombies excluded, whose environment holds `SHOAL_TEST_MARK=mark`. */
export function processesMarked(mark: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const state = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '')[0];
        const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
        return state !== 'Z' && environment.includes(`SHOAL_TEST_MARK=${mark}`);
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Waits until `isTrue`, at most `limitMs`; says whether it came. What it waits for gets most of the time. */
export async function eventually(isTrue: () => boolean, limitMs = 60_000): Promise<boolean> {
  const end = Date.now() + limitMs;
  while (Date.now() < end) {
    const start = performance.now();
    if (isTrue()) return true;
    const restMs = Math.max(25, 4 * (performance.now() - start));
    await new Promise((resolve) => setTimeout(resolve, restMs));
  }
  return isTrue();
}
