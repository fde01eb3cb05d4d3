import { relative } from 'node:path';

/** A path as the user would type it from `cwd`: relative where that is not a climb. */
export function shownPath(path: string, cwd: string): string {
  const short = relative(cwd, path);
  if (short === '') return '.';
  return short.startsWith('..') ? path : short;
}
