import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readRunFacts } from '../observe/run-facts.js';
import { formatStatus } from '../observe/status.js';
import { watchInLog, watchOnce, watchOnScreen } from '../observe/watch/watch.js';
import { listenForStop } from '../process/signals.js';
import { manifestName } from '../store/manifest.js';
import { readRunDirectory } from '../store/run-directory.js';
import { type Arguments, type Command, hasFlag, positional } from './command.js';
import type { CommandContext } from './context.js';
import { jobLine, jobOfRun } from './job-of-run.js';
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
    const signals = listenForStop();
    try {
      const { stdout } = context;
      if (!(await waitForRun(path, args, context, signals.stop))) return 0;
      const { manifest } = readRunDirectory(path);
      const style = outputStyle(context);
      const request = { runDir: path, name: manifest.name, style, terminal: stdout, stop: signals.stop };
      const { keyboard } = context;
      const isScreen = terminalColumns(stdout) > 0 && context.environment.TERM !== 'dumb';
      const end = hasFlag(args, 'once')
        ? await watchOnce(request)
        : isScreen && keyboard
          ? await watchOnScreen(request, keyboard())
          : await watchInLog(request);
      if (end === 'over') await tellEnd(path, args, context);
      return 0;
    } finally {
      signals.close();
    }
  },
};

/** Where the run stands, since no session is at work on it. */
async function tellEnd(path: string, args: Arguments, context: CommandContext): Promise<void> {
  const job = await jobOfRun(path, args, context);
  const { status } = readRunFacts(path);
  const text = formatStatus(status, {
    program: context.program,
    runDir: shownPath(path, context.cwd),
    style: outputStyle(context),
  });
  context.stdout.write(job ? `${text}\n  ${jobLine(job)}\n` : `${text}\n`);
}

/** How often Slurm is asked for a job that has not started. */
const askMs = 5_000;

/**
 * A submitted run is there when its job has begun it. False when there is nothing to wait for any more, of which is
 * told.
 */
async function waitForRun(
  path: string,
  args: Arguments,
  context: CommandContext,
  stop: AbortSignal,
): Promise<boolean> {
  let told = '';
  while (!existsSync(join(path, manifestName))) {
    const job = await jobOfRun(path, args, context);
    // Whatever is wrong with the folder is said by who reads it.
    if (!job) return true;
    const line = `${job.name}: ${jobLine({ ...job, elapsedMs: 0 })}`;
    if (line !== told) context.stdout.write(`${line}\n`);
    told = line;
    if (job.phase === 'ended' || hasFlag(args, 'once')) return false;
    await delay(askMs, undefined, { signal: stop }).catch(() => {});
    if (stop.aborted) return false;
  }
  return true;
}
