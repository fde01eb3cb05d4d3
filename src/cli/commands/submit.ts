import { InputError } from '../../errors/input-error.js';
import type { Followed } from '../../launch/slurm/submit/follow.js';
import { shellWord } from '../../process/spawn/shell-word.js';
import { type Arguments, type Command, choiceOption, hasFlag } from '../command.js';
import type { CommandContext } from '../context.js';
import { jobFacts } from '../job-facts.js';
import { slurmOptions } from '../options/slurm-options.js';
import { shownPath } from '../paths.js';
import { studyOf } from '../slurm-script.js';
import { hostOption, type JobDesk, withDesk } from '../submissions.js';
import { prepareDetached } from '../submit/detached.js';
import { prepareForSlurm } from '../submit/for-slurm.js';
import { schedulerOf, schedulers } from '../submit/scheduler.js';
import { isFound, type Standing, standing } from '../submit/standing.js';

export const submitCommand: Command = {
  name: 'submit',
  describe:
    'Submits a study as a Slurm job: the script that slurm prints. On a host without Slurm (--host) the run starts at ' +
    'once, and goes on without a connection. One job computes a run at a time; the same command again, when it has ' +
    'ended, goes on with the run.',
  positionals: { STUDY: 'File of the study: YAML, JSON, or a TypeScript or JavaScript module.' },
  options: {
    ...hostOption,
    scheduler: {
      describe:
        'What runs it: slurm, or none, where the run starts at once and by itself. As the site says it, or as the host ' +
        'has it.',
      value: 'NAME',
    },
    ...slurmOptions,
    json: { describe: 'The job as one JSON document.', isFlag: true },
  },
  notes: [
    'The script, what the job prints and what is known of the submission lie in RUN_DIR/jobs.',
    'jobs lists what was submitted; logs, watch and cancel take the number of a job or its run directory.',
  ],
  handle: (args, context) =>
    withDesk(args, context, async (desk) => {
      const asked = choiceOption(args, 'scheduler', schedulers);
      const study = await studyOf(args, context);
      const scheduler = await schedulerOf(desk, asked, study, args, context);
      const prepare = scheduler === 'none' ? prepareDetached : prepareForSlurm;
      const { runDir, submitNew } = await prepare(desk, study, args, context);
      for (;;) {
        const { before, number } = await standing(desk, runDir);
        if (before && !isFound(before)) throw alreadyThere(before, context);
        // Undefined when another submit was quicker: what it submits stands there then.
        const followed = before ?? (await submitNew(number + 1));
        if (!followed) continue;
        await tell(desk, followed, before !== undefined, args, context);
        return 0;
      }
    }),
};

function alreadyThere(
  { jobId, account, submission }: Standing,
  { program, cwd }: CommandContext,
): InputError {
  const run = shellWord(shownPath(submission.runDir, cwd));
  const where = submission.host === 'localhost' ? '' : ` --host ${shellWord(submission.host)}`;
  return new InputError(
    jobId === undefined ? 'this run is being submitted already' : `job ${jobId} computes this run already`,
    {
      file: submission.runDir,
      given: `a job that ${account.words}`,
      hint: `${program} cancel ${run}${where} ends it; --run-dir names another run`,
    },
  );
}

async function tell(
  { host }: JobDesk,
  followed: Followed,
  isOld: boolean,
  args: Arguments,
  { stdout, program, cwd }: CommandContext,
): Promise<void> {
  const facts = await jobFacts(host, followed);
  if (hasFlag(args, 'json')) {
    stdout.write(`${JSON.stringify({ ...facts, isFound: isOld }, null, 2)}\n`);
    return;
  }
  const { jobId, name, runDir, words } = facts;
  const where = host.isLocal ? '' : ` on ${host.name}`;
  const again = host.isLocal ? '' : ` --host ${shellWord(host.name)}`;
  const run = shellWord(shownPath(runDir, cwd));
  const found = isOld ? ', found again: an earlier submit was cut off' : '';
  stdout.write(
    `${[
      `${name}: job ${jobId}${where}${found}`,
      `  ${words}`,
      `  follow   ${program} logs ${jobId} --follow${again}`,
      host.isLocal ? `  watch    ${program} watch ${run}` : `  fetch    ${program} fetch ${jobId}${again}`,
      `  cancel   ${program} cancel ${jobId}${again}`,
    ].join('\n')}\n`,
  );
}
