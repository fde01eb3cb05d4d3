import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { InputError } from '../../errors/input-error.js';
import { readRunFacts } from '../../observe/run-facts.js';
import { formatStatus } from '../../observe/status.js';
import { type FeedLine, FeedWatcher, feed } from '../../observe/watch/feed.js';
import { type Looker, Watcher } from '../../observe/watch/look.js';
import { type WatchEnd, watchInLog, watchOnce, watchOnScreen } from '../../observe/watch/watch.js';
import { listenForStop } from '../../process/signals.js';
import { manifestName } from '../../store/manifest.js';
import { readRunDirectory } from '../../store/run-directory.js';
import { type Arguments, type Command, hasFlag, positional } from '../command.js';
import type { CommandContext } from '../context.js';
import { jobLine, jobOfRun } from '../job-of-run.js';
import { shownPath } from '../paths.js';
import { followFeed, remoteRunOf, remoteWords } from '../remote-run.js';
import { outputStyle, terminalColumns } from '../reporting.js';
import { hostOption, withDesk } from '../submissions.js';

export const watchCommand: Command = {
  name: 'watch',
  describe:
    'Shows a run while it goes on, from any host that sees its folder: what each rank does, the slowest cases, the ' +
    'failures. The run does not notice.',
  positionals: { RUN_DIR: 'Folder of the run; with --host also the number of its job.' },
  options: {
    ...hostOption,
    once: { describe: 'Shows one picture and ends.', isFlag: true },
    json: { describe: 'A line of JSON for each change, for programs.', isFlag: true },
  },
  notes: [
    'q or Ctrl+C leaves. Where standard output is no terminal, a line is written for each change instead.',
  ],
  handle: async (args, context) => {
    if (hasFlag(args, 'json') && hasFlag(args, 'once')) {
      throw new InputError('--once and --json contradict each other', {
        expected: 'status --json for one document',
      });
    }
    const signals = listenForStop();
    try {
      return args.host === undefined
        ? await watchHere(args, context, signals.stop)
        : await watchOn(args, context, signals.stop);
    } finally {
      signals.close();
    }
  },
};

async function watchHere(args: Arguments, context: CommandContext, stop: AbortSignal): Promise<number> {
  const path = resolve(context.cwd, positional(args, 'RUN_DIR'));
  if (!(await waitForRun(path, args, context, stop))) return 0;
  const { manifest } = readRunDirectory(path);
  const watcher = new Watcher(path);
  if (hasFlag(args, 'json')) {
    const write = (line: FeedLine): unknown => context.stdout.write(`${JSON.stringify(line)}\n`);
    write({ kind: 'run', name: manifest.name });
    await feed(watcher, write, stop);
    return 0;
  }
  const end = await show(watcher, manifest.name, args, context, stop);
  if (end === 'over') await tellEnd(path, args, context);
  return 0;
}

function show(
  watcher: Looker,
  name: string,
  args: Arguments,
  context: CommandContext,
  stop: AbortSignal,
): Promise<WatchEnd> {
  const { stdout, keyboard } = context;
  const request = { watcher, name, style: outputStyle(context), terminal: stdout, stop };
  const isScreen = terminalColumns(stdout) > 0 && context.environment.TERM !== 'dumb';
  if (hasFlag(args, 'once')) return watchOnce(request);
  return isScreen && keyboard ? watchOnScreen(request, keyboard()) : watchInLog(request);
}

/** What the program there sees, shown here. */
function watchOn(args: Arguments, context: CommandContext, stop: AbortSignal): Promise<number> {
  return withDesk(args, context, async (desk) => {
    const run = await remoteRunOf(desk, positional(args, 'RUN_DIR'));
    const left = new AbortController();
    const until = AbortSignal.any([stop, left.signal]);
    let name = '';
    let watcher: FeedWatcher | undefined;
    let shown: Promise<WatchEnd> | undefined;
    const onLine = (line: FeedLine): void => {
      if (hasFlag(args, 'json')) return void context.stdout.write(`${JSON.stringify(line)}\n`);
      switch (line.kind) {
        case 'run':
          name = line.name;
          return;
        case 'job':
          context.stdout.write(`${line.text}\n`);
          if (hasFlag(args, 'once')) left.abort();
          return;
        case 'sight':
          watcher?.hear(line.sight, Date.now());
          watcher ??= new FeedWatcher(line.sight, Date.now());
          shown ??= show(watcher, name, args, context, stop).finally(() => left.abort());
          return;
        default:
          line satisfies never;
      }
    };
    const onLost = (message: string): void => {
      if (terminalColumns(context.stdout) === 0) context.stderr.write(`note: ${message}; trying again\n`);
    };
    const ended = followFeed(run, onLine, onLost, until);
    const leaving = new Promise<void>((enough) => {
      if (until.aborted) enough();
      until.addEventListener('abort', () => enough(), { once: true });
    });
    await Promise.race([ended, leaving]);
    ended.catch(() => {});
    if ((await shown) !== 'over') return 0;
    const { stdout } = await run.host.run(remoteWords(run, 'status', []));
    context.stdout.write(stdout);
    return 0;
  });
}

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
    const text = hasFlag(args, 'json')
      ? JSON.stringify({ kind: 'job', text: line } satisfies FeedLine)
      : line;
    if (line !== told) context.stdout.write(`${text}\n`);
    told = line;
    if (job.phase === 'ended' || hasFlag(args, 'once')) return false;
    await delay(askMs, undefined, { signal: stop }).catch(() => {});
    if (stop.aborted) return false;
  }
  return true;
}
