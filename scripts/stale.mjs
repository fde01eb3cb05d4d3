/** Whether dist/ is what the sources say, and one builder at a time. */
import { existsSync, mkdirSync, readdirSync, rmdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** True when something that the build reads is younger than what it wrote. */
export function isStale(root) {
  const main = join(root, 'dist', 'main.js');
  if (!existsSync(main)) return true;
  const built = statSync(main).mtimeMs;
  const isYounger = (path) => {
    const stat = statSync(path);
    if (!stat.isDirectory()) return stat.mtimeMs > built;
    return readdirSync(path).some((name) => isYounger(join(path, name)));
  };
  return ['src', 'native', 'package.json'].some((name) => isYounger(join(root, name)));
}

/** Runs `action` while no other process does; a lock of a builder that died is broken after five minutes. */
export async function oneAtATime(root, action) {
  const lock = join(root, 'build', 'lock');
  mkdirSync(join(root, 'build'), { recursive: true });
  for (;;) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
      const since = statSync(lock, { throwIfNoEntry: false })?.mtimeMs;
      if (since !== undefined && Date.now() - since > 300_000) rmdirSync(lock);
    }
  }
  try {
    return await action();
  } finally {
    rmdirSync(lock);
  }
}
