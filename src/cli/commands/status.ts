import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { formatCount, formatPercent } from '../../observe/figures.js';
import { runCounts, shardCounts } from '../../observe/run-counts.js';
import { readRunFacts } from '../../observe/run-facts.js';
import { formatStatus } from '../../observe/status.js';
import { manifestName } from '../../store/manifest.js';
import { type Arguments, type Command, hasFlag, positional } from '../command.js';
import type { CommandContext } from '../context.js';
import { failureCode } from '../failure.js';
import type { JobFacts } from '../job-facts.js';
import { jobLine, jobOfRun } from '../job-of-run.js';
import { shownPath } from '../paths.js';
import { remoteRunOf, remoteWords } from '../remote-run.js';
import { outputStyle } from '../reporting.js';
import { hostOption, withDesk } from '../submissions.js';

export const statusCommand: Command = {
  name: 'status',
  describe: 'Says where a run stands, also while it runs.',
  positionals: { RUN_DIR: 'Folder of the run; with --host also the number of its job.' },
  options: {
    ...hostOption,
    json: { describe: 'As one JSON document.', isFlag: true },
    counts: {
      describe: 'Only the cases done and all cases, for scripts; 0 0 where no run was started yet.',
      isFlag: true,
    },
  },
  handle: async (args, context) => {
    if (args.host !== undefined) return await statusOn(args, context);
    const path = resolve(context.cwd, positional(args, 'RUN_DIR'));
    if (hasFlag(args, 'counts')) {
      const { done, cases } = runCounts(path) ?? shardCounts(path) ?? { done: 0, cases: 0 };
      context.stdout.write(`${done} ${cases}\n`);
      return 0;
    }
    const job = await jobOfRun(path, args, context);
    if (job && !existsSync(join(path, manifestName))) {
      const json = { name: job.name, runDir: path, state: 'new', job };
      context.stdout.write(
        hasFlag(args, 'json')
          ? `${JSON.stringify(json, null, 2)}\n`
          : `${job.name}: ${shardsLine(job) ?? 'not started'}\n  ${jobLine(job)}\n`,
      );
      return 0;
    }
    const { status } = readRunFacts(path);
    const text = hasFlag(args, 'json')
      ? JSON.stringify(job ? { ...status, job } : status, null, 2)
      : formatStatus(status, {
          program: context.program,
          runDir: shownPath(status.runDir, context.cwd),
          style: outputStyle(context),
        });
    const isText = job !== undefined && !hasFlag(args, 'json');
    context.stdout.write(isText ? `${text}\n  ${jobLine(job)}\n` : `${text}\n`);
    return 0;
  },
};

/** Of a job array, before its shards are one run. */
function shardsLine({ run }: JobFacts): string | undefined {
  if (!run) return undefined;
  return `${formatPercent(run.done, run.cases)}, ${formatCount(run.done)} of ${formatCount(run.cases)} cases done by shards`;
}

/** As it stands there, by the words of the program there. */
function statusOn(args: Arguments, context: CommandContext): Promise<number> {
  return withDesk(args, context, async (desk) => {
    const run = await remoteRunOf(desk, positional(args, 'RUN_DIR'));
    const flags = ['json', 'counts'].filter((name) => hasFlag(args, name)).map((name) => `--${name}`);
    const { code, stdout, stderr } = await run.host.run(remoteWords(run, 'status', flags));
    context.stdout.write(stdout);
    context.stderr.write(stderr);
    return code ?? failureCode;
  });
}
