import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { EnvironmentError } from '../errors/environment-error.js';
import { plural } from '../observe/figures.js';
import { startGuardian } from '../process/guardian.js';
import { listenForStop } from '../process/signals.js';
import { readInvitation } from '../runtime/join/invitation.js';
import { type Visit, visit } from '../runtime/join/visit.js';
import { readLock } from '../store/lock.js';
import { readRunDirectory } from '../store/run-directory.js';
import { type Command, countOption, positional } from './command.js';
import { failureCode } from './failure.js';
import { shownPath } from './paths.js';

export const joinCommand: Command = {
  name: 'join',
  describe:
    'Adds workers to a run that is under way on this host. Ctrl+C takes them away again: each ends its case, and the ' +
    'rest goes to the others.',
  positionals: { RUN_DIR: 'Folder of the run.' },
  options: { ranks: { describe: 'Workers to add; 1 by default.', value: 'N' } },
  handle: async (args, context) => {
    const ranks = countOption(args, 'ranks', 1) ?? 1;
    const { path } = readRunDirectory(resolve(context.cwd, positional(args, 'RUN_DIR')));
    const shown = shownPath(path, context.cwd);
    const owner = readLock(path);
    if (owner?.state !== 'held') {
      throw new EnvironmentError(`no run is under way in ${shown}`, {
        hint: `${context.program} resume ${shown} goes on with it`,
      });
    }
    if (owner.host !== hostname()) {
      throw new EnvironmentError(`the run in ${shown} is coordinated on host ${owner.host}`, {
        hint: 'Workers can be added on that host alone',
      });
    }
    const invitation = readInvitation(path);
    const guardian = startGuardian();
    const signals = listenForStop();
    const visits: Visit[] = [];
    try {
      for (let i = 0; i < ranks; i++) visits.push(await visit(invitation, guardian));
      context.stderr.write(`${plural(ranks, 'worker')} joined ${shown}\n`);
      onAbort(signals.stop, () => {
        for (const { leave } of visits) leave();
      });
      onAbort(signals.abort, () => {
        for (const { kill } of visits) kill();
      });
      const ends = await Promise.all(visits.map(({ ended }) => ended));
      const isOrderly = ends.every(({ code }) => code === 0);
      context.stderr.write(`${plural(ranks, 'worker')} ${isOrderly ? 'left' : 'ended'}\n`);
      return isOrderly ? 0 : failureCode;
    } finally {
      signals.close();
      guardian.close();
    }
  },
};

function onAbort(signal: AbortSignal, listener: () => void): void {
  if (signal.aborted) listener();
  else signal.addEventListener('abort', listener, { once: true });
}
