import { statSync } from 'node:fs';
import { listSegments } from './segments.js';

/** Bytes that the segments of a journal take on disk. */
export function journalBytes(dir: string): number {
  let bytes = 0;
  for (const { path, exists } of listSegments(dir)) if (exists) bytes += statSync(path).size;
  return bytes;
}
