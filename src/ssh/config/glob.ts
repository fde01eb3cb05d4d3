/** Files by a pattern, as `Include` names them. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { matchesPattern } from './pattern.js';

/** Absolute paths in the order of their names; none where nothing is. */
export function filesLike(pattern: string): string[] {
  let found = ['/'];
  for (const part of pattern.split('/').filter((name) => name !== '')) {
    found = /[*?]/.test(part)
      ? found.flatMap((folder) => namesLike(folder, part).map((name) => join(folder, name)))
      : found.map((folder) => join(folder, part));
  }
  return found.filter((path) => existsSync(path));
}

function namesLike(folder: string, pattern: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => matchesPattern(name, pattern) && (!name.startsWith('.') || pattern.startsWith('.')))
      .sort();
  } catch {
    return [];
  }
}
