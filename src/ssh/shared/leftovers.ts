/** Meeting folders that stay when everything was killed at once: their holders, and the workers that come again. */
import { lstatSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { machineMark } from '../../process/temporary.js';
import { meetingBase, startMs } from './find-holder.js';

/**
 * Removes those of this host and user in which nobody has started anything for a while and nobody answers. Who comes
 * to one in that moment finds that it is gone, and starts anew.
 */
export async function removeMeetings(base = meetingBase(), nowMs = Date.now()): Promise<void> {
  let names: string[];
  try {
    names = readdirSync(base).filter((name) => pattern.exec(name)?.[1] === machineMark());
  } catch {
    return;
  }
  await Promise.allSettled(
    names.map(async (name) => {
      const path = join(base, name);
      if (isOldAndOurs(path, nowMs) && !(await isAnswered(path))) await rm(path, { recursive: true });
    }),
  );
}

const pattern = /^shoal-hosts-([0-9a-f]{12})-[0-9a-f]{12}$/;

/** A link is not followed. */
function isOldAndOurs(path: string, nowMs: number): boolean {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (!stat?.isDirectory() || stat.uid !== process.getuid?.()) return false;
  return nowMs - stat.mtimeMs > 2 * startMs;
}

async function isAnswered(folder: string): Promise<boolean> {
  const sockets = readdirSync(folder).filter((name) => /^\d+$/.test(name));
  const answers = await Promise.all(sockets.map((name) => isListening(join(folder, name))));
  return answers.includes(true);
}

function isListening(path: string): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', () => done(false));
  });
}
