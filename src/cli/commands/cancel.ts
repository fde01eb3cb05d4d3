import { setTimeout as delay } from 'node:timers/promises';
import { EnvironmentError } from '../../errors/environment-error.js';
import { endDetached } from '../../launch/remote/detached.js';
import { callSlurm } from '../../launch/slurm/jobs/call.js';
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
      const jobId = task === undefined ? whole : `${whole}_${task}`;
      if (!isOver && submission.scheduler === 'none') {
        await endDetached(desk.host, submission.token, graceSeconds);
      } else if (!isOver) await scancel(jobId as string, (argv) => callSlurm(desk.host, argv));
      const words = isOver ? `nothing to cancel: it ${followed?.account.words}` : `job ${jobId} is cancelled`;
      const { token, runDir } = submission;
      context.stdout.write(
        hasFlag(args, 'json')
          ? `${JSON.stringify({ jobId: jobId ?? null, token, runDir, isCancelled: !isOver, words }, null, 2)}\n`
          : `${words}\n`,
      );
      return 0;
    }),
};

/** To cancel twice is to cancel. */
async function scancel(
  jobId: string,
  call: (argv: readonly string[]) => ReturnType<typeof callSlurm>,
): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const answer = await call(['scancel', jobId]);
    if (answer.kind === 'ok' || answer.fault.kind === 'no such job') return;
    if (answer.fault.kind !== 'transient' || attempt + 1 === attempts) {
      throw new EnvironmentError(`scancel ${jobId} failed: ${answer.fault.message}`);
    }
    await delay(500 * 2 ** attempt);
  }
}
