/** Whether a submission has a job: looked for by its token, wherever the host's programs can tell it. */
import type { Host } from '../../remote/host.js';
import type { SlurmFault } from '../jobs/faults.js';
import { type Look, lookAtQueue, lookInAccounts } from '../jobs/find-jobs.js';
import type { SlurmJob } from '../jobs/job.js';
import type { JobSources } from '../jobs/sources.js';
import { bearsToken, type Submission } from './submission.js';

export type TokenSearch =
  | { readonly kind: 'found'; readonly jobId: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'silent'; readonly fault: SlurmFault };

/** Clocks of two machines differ by this much at most, or the accounts are searched in vain. */
const skewSeconds = 3_600;

export async function findByToken(
  host: Host,
  sources: JobSources,
  submission: Pick<Submission, 'token' | 'jobName' | 'workDir' | 'created'>,
): Promise<TokenSearch> {
  const queue = await lookAtQueue(host, sources);
  const inQueue = matching(queue, ({ comment }) => bearsToken(comment, submission.token));
  if (inQueue.kind !== 'none' || !sources.sacct) return inQueue;
  const createdSeconds = Math.floor(Date.parse(submission.created) / 1000);
  const accounts = await lookInAccounts(host, submission.jobName, createdSeconds - skewSeconds);
  return matching(accounts, ({ comment }) => bearsToken(comment, submission.token));
}

/** The first of a chain's links: its number is the least. */
function matching(look: Look, isOurs: (job: SlurmJob) => boolean): TokenSearch {
  if (look.kind === 'silent') return look;
  const ids = look.jobs.filter(isOurs).map(({ jobId }) => jobId);
  const [jobId] = ids.sort((a, b) => Number(a) - Number(b));
  return jobId === undefined ? { kind: 'none' } : { kind: 'found', jobId };
}
