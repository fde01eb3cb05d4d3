/** What became of a submission whose maker did not live to write it down. */
import { whetherAlive } from '../../../process/identity.js';
import type { Host } from '../../remote/host.js';
import type { JobSources } from '../jobs/sources.js';
import { findByToken } from './find-by-token.js';
import type { Submission } from './submission.js';

/** A submit on another machine, of which nobody here can know, has given up by then. */
const longestSubmitMs = 900_000;

/** The submission as it is known to stand; the same one while its maker is at work, or while Slurm is silent. */
export async function settled(host: Host, sources: JobSources, submission: Submission): Promise<Submission> {
  if (submission.state.kind !== 'prepared') return submission;
  const search = await findByToken(host, sources, submission);
  const at = new Date().toISOString();
  if (search.kind === 'found') {
    return { ...submission, state: { kind: 'submitted', jobId: search.jobId, at } };
  }
  if (search.kind === 'silent' || isBeingMade(submission)) return submission;
  return { ...submission, state: { kind: 'not submitted', at } };
}

/** Whoever makes it is at work, as far as can be told from here. */
export function isBeingMade({ by, created }: Submission): boolean {
  const alive = whetherAlive(by);
  return alive === 'alive' || (alive === 'unknown' && Date.now() - Date.parse(created) < longestSubmitMs);
}
