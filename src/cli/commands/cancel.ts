import { setTimeout as delay } from 'node:timers/promises';
import { EnvironmentError } from '../../errors/environment-error.js';
import { endDetached } from '../../launch/remote/detached.js';
import { callSlurm } from '../../launch/slurm/jobs/call.js';
import type { SlurmJob } from '../../launch/slurm/jobs/job.js';
import { type Command, hasFlag, positional } from '../command.js';
import { hostOption, jobNumber, taskNumber, withDesk } from '../submissions.js';

/** A controller that is restarting is waited for so often, each time twice as long. */
const attempts = 7;

/** Running cases may end, as they may when Slurm ends a job. */
const graceSeconds = 15;

export const cancelCommand: Command = {
  name: 'cancel',
  describe: 'Cancels the job that computes a run. What is done is kept; submit goes on with it.',
  positionals: { JOB: 'Number of a job, of a task of an array (12_3), or its run directory.' },
  options: { ...hostOption, json: { describe: 'As one JSON document.', isFlag: true } },
  handle: (args, context) =>
    withDesk(args, context, async (desk) => {
      const text = positional(args, 'JOB');
      const submission = desk.chosen(text, context.cwd);
      const [followed] = await desk.follow([submission]);
      const task = taskNumber(text);
      const whole = followed?.jobId ?? jobNumber(text);
      const isOver = whole === undefined || followed?.phase === 'ended';
      const open = (followed?.jobs ?? []).filter(({ state }) => state.phase !== 'ended');
      const links = [...new Set(open.map((job) => job.jobId))];
      const jobIds =
        task === undefined
          ? links.length > 0
            ? links
            : [`${whole}`]
          : [`${linkOf(open, task) ?? whole}_${task}`];
      if (!isOver && submission.scheduler === 'none') {
        await endDetached(desk.host, submission.token, graceSeconds);
      } else if (!isOver) await scancel(jobIds, (argv) => callSlurm(desk.host, argv));
      const words = isOver
        ? `nothing to cancel: it ${followed?.account.words}`
        : `${jobIds.length === 1 ? `job ${jobIds[0]} is` : `jobs ${jobIds.join(', ')} are`} cancelled`;
      const { token, runDir } = submission;
      context.stdout.write(
        hasFlag(args, 'json')
          ? `${JSON.stringify({ jobId: whole === undefined ? null : jobIds.join(' '), token, runDir, isCancelled: !isOver, words }, null, 2)}\n`
          : `${words}\n`,
      );
      return 0;
    }),
};

/** The job that computes a task now: each may have gone on in one of its own. */
function linkOf(jobs: readonly SlurmJob[], task: number): string | undefined {
  const isIn = ({ tasks }: SlurmJob): boolean =>
    tasks?.ranges.some(({ first, last }) => first <= task && task <= last) ?? false;
  return jobs
    .filter(isIn)
    .map(({ jobId }) => jobId)
    .sort((a, b) => Number(b) - Number(a))[0];
}

/** To cancel twice is to cancel. */
async function scancel(
  jobIds: readonly string[],
  call: (argv: readonly string[]) => ReturnType<typeof callSlurm>,
): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const answer = await call(['scancel', ...jobIds]);
    if (answer.kind === 'ok' || answer.fault.kind === 'no such job') return;
    if (answer.fault.kind !== 'transient' || attempt + 1 === attempts) {
      throw new EnvironmentError(`scancel ${jobIds.join(' ')} failed: ${answer.fault.message}`);
    }
    await delay(500 * 2 ** attempt);
  }
}
