/** Takes a lock and gives it back, and kills itself in front of a call to the file system: `FOLDER CALLS_BEFORE`. */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { acquireLock } from '../../../src/store/lock.js';

const [, , folder, callsBefore] = process.argv;
let left = Number(callsBefore);

const calls = fs as unknown as Record<string, (...args: readonly unknown[]) => unknown>;
for (const [name, call] of Object.entries(calls)) {
  if (!name.endsWith('Sync')) continue;
  calls[name] = (...args) => {
    if (left-- === 0) process.kill(process.pid, 'SIGKILL');
    return call(...args);
  };
}
syncBuiltinESMExports();

acquireLock(folder!).release();
