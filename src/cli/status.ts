import { resolve } from 'node:path';
import { readRunFacts } from '../observe/run-facts.js';
import { formatStatus } from '../observe/status.js';
import { indexJournal } from '../store/journal/journal-index.js';
import { readManifest } from '../store/manifest.js';
import { runPaths } from '../store/run-directory.js';
import { type Command, hasFlag, positional } from './command.js';
import { shownPath } from './paths.js';
import { outputStyle } from './reporting.js';

export const statusCommand: Command = {
  name: 'status',
  describe: 'Says where a run stands, also while it runs.',
  positionals: { RUN_DIR: 'Folder of the run.' },
  options: {
    json: { describe: 'As one JSON document.', isFlag: true },
    counts: {
      describe: 'Only the cases done and all cases, for scripts; 0 0 where no run was started yet.',
      isFlag: true,
    },
  },
  handle: (args, context) => {
    const path = resolve(context.cwd, positional(args, 'RUN_DIR'));
    if (hasFlag(args, 'counts')) {
      const manifest = readManifest(path);
      const done = manifest ? indexJournal(runPaths(path).journal, manifest.fingerprint).done.total : 0;
      context.stdout.write(`${done} ${manifest?.cases ?? 0}\n`);
      return Promise.resolve(0);
    }
    const { status } = readRunFacts(path);
    const text = hasFlag(args, 'json')
      ? JSON.stringify(status, null, 2)
      : formatStatus(status, {
          program: context.program,
          runDir: shownPath(status.runDir, context.cwd),
          style: outputStyle(context),
        });
    context.stdout.write(`${text}\n`);
    return Promise.resolve(0);
  },
};
