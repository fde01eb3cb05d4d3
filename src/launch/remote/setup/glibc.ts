/** Which glibc a program needs, by the versions of symbols that it names. */
import { readFileSync } from 'node:fs';
import { isAtLeast } from './probe.js';

/** `2.28`; undefined for a program that names none. */
export function neededGlibc(path: string): string | undefined {
  const text = readFileSync(path).toString('latin1');
  let most: string | undefined;
  for (const [, version = ''] of text.matchAll(/\0GLIBC_(\d+\.\d+(?:\.\d+)?)\0/g)) {
    if (most === undefined || isAtLeast(version, most)) most = version;
  }
  return most;
}
