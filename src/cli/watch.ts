import { resolve } from 'node:path';
import { readRunFacts } from '../observe/run-facts.js';
import { formatStatus } from '../observe/status.js';
import { watchInLog, watchOnce, watchOnScreen } from '../observe/watch/watch.js';
import { listenForStop } from '../process/signals.js';
import { readRunDirectory } from '../store/run-directory.js';
import { type Command, hasFlag, positional } from './command.js';
import type { CommandContext } from './context.js';
import { shownPath } from './paths.js';
import { outputStyle, terminalColumns } from './reporting.js';

export const watchCommand: Command = {
  name: 'watch',
  describe:
    'Shows a run while it goes on, from any host that sees its folder: what each rank does, the slowest cases, the ' +
    'failures. The run does not notice.',
  positionals: { RUN_DIR: 'Folder of the run.' },
  options: { once: { describe: 'Shows one picture and ends.', isFlag: true } },
  notes: [
    'q or Ctrl+C leaves. Where standard output is no terminal, a line is written for each change instead.',
  ],
  handle: async (args, context) => {
    const path = resolve(context.cwd, positional(args, 'RUN_DIR'));
    const { manifest } = readRunDirectory(path);
    const signals = listenForStop();
    try {
      const { stdout } = context;
      const style = outputStyle(context);
      const request = { runDir: path, name: manifest.name, style, terminal: stdout, stop: signals.stop };
      const { keyboard } = context;
      const isScreen = terminalColumns(stdout) > 0 && context.environment.TERM !== 'dumb';
      const end = hasFlag(args, 'once')
        ? await watchOnce(request)
        : isScreen && keyboard
          ? await watchOnScreen(request, keyboard())
          : await watchInLog(request);
      if (end === 'over') tellEnd(path, context);
      return 0;
    } finally {
      signals.close();
    }
  },
};

/** Where the run stands, since no session is at work on it. */
function tellEnd(path: string, context: CommandContext): void {
  const { status } = readRunFacts(path);
  const text = formatStatus(status, {
    program: context.program,
    runDir: shownPath(path, context.cwd),
    style: outputStyle(context),
  });
  context.stdout.write(`${text}\n`);
}
