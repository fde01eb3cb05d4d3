/** Whether a run has a job already. */
import { lastClaim } from '../../launch/slurm/submit/claim.js';
import type { Followed } from '../../launch/slurm/submit/follow.js';
import type { Submission } from '../../launch/slurm/submit/submission.js';
import { whetherAlive } from '../../process/identity.js';
import type { JobDesk } from '../submissions.js';

export interface Standing extends Followed {
  /** It was being submitted when we looked, and whoever did that did not live to see it through. */
  readonly wasLeft: boolean;
}

/** Number of the last submission, and one whose job is not over, or of which that is not known. */
export async function standing(
  desk: JobDesk,
  runDir: string,
): Promise<{ readonly number: number; readonly before: Standing | undefined }> {
  // Before anything else is looked at: what comes later has a higher number.
  const last = await lastClaim(desk.host, runDir);
  const known = desk.submissionsOf(runDir);
  const others = last.submission && !known.some(({ token }) => token === last.submission?.token);
  const open = [...known, ...(others && last.submission ? [last.submission] : [])].filter(isOpen);
  if (open.length === 0) return { number: last.number, before: undefined };
  const followed = await desk.follow(open);
  const found = followed.find(({ phase, state }) => phase !== 'ended' && state !== 'forgotten');
  const wasLeft = open.some(
    ({ token, state, by }) =>
      token === found?.submission.token && state.kind === 'prepared' && whetherAlive(by) !== 'alive',
  );
  return { number: last.number, before: found && { ...found, wasLeft } };
}

/** An earlier submit was cut off when its job was there: that is the one that is wished for. */
export function isFound({ wasLeft, jobId }: Standing): boolean {
  return wasLeft && jobId !== undefined;
}

function isOpen({ state, end }: Submission): boolean {
  return end === undefined && (state.kind === 'prepared' || state.kind === 'submitted');
}
