import { appendFileSync } from 'node:fs';

/** Says that a test could not check something here, and why; the test run lists these reasons at its end. */
export function recordSkip(reason: string): void {
  const file = process.env.SHOAL_SKIPS;
  if (file) appendFileSync(file, `${reason}\n`);
  else console.warn(`skipped: ${reason}`);
}
