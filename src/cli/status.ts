import { resolve } from 'node:path';
import { formatStatus, statusOf } from '../observe/status.js';
import type { Progress } from '../runtime/api.js';
import { tally } from '../runtime/tally.js';
import { indexJournal } from '../store/journal/journal-index.js';
import { readLock } from '../store/lock.js';
import { whetherAlive } from '../store/process-identity.js';
import { readRunDirectory } from '../store/run-directory.js';
import { type Command, hasFlag, positional } from './command.js';
import { shownPath } from './paths.js';
import { outputStyle } from './reporting.js';

export const statusCommand: Command = {
  name: 'status',
  describe: 'Says where a run stands, also while it runs.',
  positionals: { RUN_DIR: 'Folder of the run.' },
  options: { json: { describe: 'As one JSON document.', isFlag: true } },
  handle: (args, context) => {
    const view = readRunDirectory(resolve(context.cwd, positional(args, 'RUN_DIR')));
    const { manifest, paths, path } = view;
    const owner = readLock(path);
    const index = indexJournal(paths.journal, manifest.fingerprint);
    const { done, failed, kinds } = tally(paths.journal, index, manifest.cases);
    const status = statusOf({
      name: manifest.name,
      runDir: path,
      cases: manifest.cases,
      done,
      failed,
      failures: kinds,
      sessions: manifest.sessions,
      owner: owner && { isHeld: owner.state === 'held', alive: whetherAlive(owner) },
      live: isProgress(view.live) ? view.live : undefined,
    });
    const text = hasFlag(args, 'json')
      ? JSON.stringify(status, null, 2)
      : formatStatus(status, {
          program: context.program,
          runDir: shownPath(path, context.cwd),
          style: outputStyle(context),
        });
    context.stdout.write(`${text}\n`);
    return Promise.resolve(0);
  },
};

/** live.json is written by another process, maybe of another version. */
function isProgress(live: unknown): live is Progress {
  const progress = live as Partial<Progress> | null | undefined;
  return typeof progress?.rate === 'number' && Array.isArray(progress.workers);
}
