/** Takes a lock as often as it can, and says when somebody else had it too: `FOLDER`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { acquireLock } from '../../../src/store/lock.js';

const folder = process.argv[2]!;
const inside = join(folder, '..', 'inside');
const own = `${process.pid}`;

for (let taken = 0, tries = 0; taken < 40 && tries < 20_000; tries++) {
  let lock: ReturnType<typeof acquireLock>;
  try {
    lock = acquireLock(folder);
  } catch (error) {
    if (/in use by|contend/.test((error as Error).message)) continue;
    throw error;
  }
  taken++;
  writeFileSync(inside, own);
  for (let i = 0; i < 20; i++) {
    const found = readFileSync(inside, 'utf8');
    if (found !== own) console.error(`${found} has the lock that ${own} has`);
  }
  lock.release();
}
