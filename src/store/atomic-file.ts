/** Files that are either the old ones or the new ones, whole, whenever the machine stops. */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { EnvironmentError } from '../errors/environment-error.js';

/** Puts `data` at `path`, durable when this returns. `mode` is that of a file nobody has restricted further. */
export function writeFileAtomic(path: string, data: string | Uint8Array, mode = 0o666): void {
  const temporary = temporaryPath(path);
  const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
  try {
    const fd = openSync(temporary, 'w', mode);
    try {
      for (let at = 0; at < bytes.byteLength; ) at += writeSync(fd, bytes, at);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(temporary, path);
    syncFolder(dirname(path));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new EnvironmentError(`cannot write ${path}: ${(error as Error).message}`, { cause: error });
  }
}

/** A name beside `path` that no other process uses, on whatever host, recognisable as left over when it stays. */
export function temporaryPath(path: string): string {
  return `${path}.${hostname()}-${process.pid}.tmp`;
}

/** Makes new and renamed entries of a folder durable, where the file system knows how. */
export function syncFolder(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } catch (error) {
    // Some network file systems cannot synchronise a folder; their renames are synchronous.
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EINVAL' && code !== 'ENOTSUP' && code !== 'EBADF') throw error;
  } finally {
    closeSync(fd);
  }
}
