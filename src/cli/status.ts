import { resolve } from 'node:path';
import { readRunFacts } from '../observe/run-facts.js';
import { formatStatus } from '../observe/status.js';
import { type Command, hasFlag, positional } from './command.js';
import { shownPath } from './paths.js';
import { outputStyle } from './reporting.js';

export const statusCommand: Command = {
  name: 'status',
  describe: 'Says where a run stands, also while it runs.',
  positionals: { RUN_DIR: 'Folder of the run.' },
  options: { json: { describe: 'As one JSON document.', isFlag: true } },
  handle: (args, context) => {
    const { status } = readRunFacts(resolve(context.cwd, positional(args, 'RUN_DIR')));
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
