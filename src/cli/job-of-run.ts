/** The job that computes a run, for the commands that show the run: Slurm's word beside the run's own. */
import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { clock } from '../launch/slurm/jobs/ends.js';
import { jobsFolderOf } from '../launch/slurm/submit/submission.js';
import type { Arguments } from './command.js';
import type { CommandContext } from './context.js';
import { type JobFacts, jobFacts } from './job-facts.js';
import { withDesk } from './submissions.js';

/** Undefined for a run that was never submitted, and where Slurm cannot be asked. Waits no longer than a moment. */
export async function jobOfRun(
  runDir: string,
  args: Arguments,
  context: CommandContext,
): Promise<JobFacts | undefined> {
  if (args.host === undefined && !existsSync(jobsFolderOf(runDir))) return undefined;
  const ask = withDesk(args, context, async (desk) => {
    const [submission] = desk.submissionsOf(runDir);
    const [followed] = submission ? await desk.follow([submission]) : [];
    return followed && (await jobFacts(desk.host, followed));
  }).catch(() => undefined);
  return Promise.race([ask, delay(patienceMs, undefined, { ref: false })]);
}

/** A controller that is restarting does not keep anybody from seeing the run. */
const patienceMs = 10_000;

/** `job 12 is running on n1, for 0:42 of 1:00:00`. */
export function jobLine({ jobId, words, phase, elapsedMs, limitMs }: JobFacts): string {
  const name = jobId === null ? 'its job' : `job ${jobId}`;
  const time = phase === 'running' && elapsedMs !== undefined ? `, for ${clock(elapsedMs)}` : '';
  const limit = time !== '' && limitMs !== undefined ? ` of ${clock(limitMs)}` : '';
  return `${name} ${words}${time}${limit}`;
}
