import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { EnvironmentError } from '../../errors/environment-error.js';
import { plural } from '../../observe/figures.js';
import { type Guardian, startGuardian } from '../../process/guardian/guardian.js';
import { listenForStop } from '../../process/signals.js';
import { hasBrokenOff, nextInvitation } from '../../runtime/join/come-again.js';
import { type Invitation, readInvitation } from '../../runtime/join/invitation.js';
import { type Visit, visit } from '../../runtime/join/visit.js';
import { readLock } from '../../store/lock.js';
import { readRunDirectory } from '../../store/run-directory.js';
import { type Command, countOption, positional } from '../command.js';
import { failureCode } from '../failure.js';
import { shownPath } from '../paths.js';

export const joinCommand: Command = {
  name: 'join',
  describe:
    'Adds workers to a run whose coordinator is on this host. Ctrl+C takes them away again: each ends its case, and the ' +
    'rest goes to the others. Where MPI ends the job and it is started again, they come again.',
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
    const guardian = startGuardian();
    const signals = listenForStop();
    let visits: readonly Visit[] = [];
    onAbort(signals.stop, () => {
      for (const { leave } of visits) leave();
    });
    onAbort(signals.abort, () => {
      for (const { kill } of visits) kill();
    });
    const workers = plural(ranks, 'worker');
    try {
      let invitation = readInvitation(path);
      for (;;) {
        visits = await visitAll(invitation, guardian, ranks);
        context.stderr.write(`${workers} joined ${shown}\n`);
        const ends = await Promise.all(visits.map(({ ended }) => ended));
        const next = await nextInvitation(path, invitation, signals.stop);
        if (next) {
          invitation = next;
          context.stderr.write(`MPI ended the job of ${shown}, which has been started again\n`);
          continue;
        }
        if (!signals.stop.aborted && (await hasBrokenOff(path))) {
          throw new EnvironmentError(`the run in ${shown} has ended without a word, and ${workers} with it`, {
            hint: `${context.program} resume ${shown} goes on with it`,
          });
        }
        const isOrderly = ends.every(({ code }) => code === 0);
        context.stderr.write(`${workers} ${isOrderly ? 'left' : 'ended'}\n`);
        return isOrderly ? 0 : failureCode;
      }
    } finally {
      signals.close();
      guardian.close();
    }
  },
};

async function visitAll(
  invitation: Invitation,
  guardian: Guardian,
  count: number,
): Promise<readonly Visit[]> {
  const visits: Visit[] = [];
  for (let i = 0; i < count; i++) visits.push(await visit(invitation, guardian));
  return visits;
}

function onAbort(signal: AbortSignal, listener: () => void): void {
  if (signal.aborted) listener();
  else signal.addEventListener('abort', listener, { once: true });
}
