/** What the ways of submitting a study share. */
import { join } from 'node:path';
import { claim } from '../../launch/slurm/submit/claim.js';
import type { Followed } from '../../launch/slurm/submit/follow.js';
import { jobsFolderOf, type Submission } from '../../launch/slurm/submit/submission.js';
import { thisProcess } from '../../process/identity.js';
import type { JobDesk } from '../submissions.js';

/** Of scripts: what they set may be nobody else's business. */
export const privateMode = 0o700;

export interface PreparedRun {
  /** Absolute path on the host. */
  readonly runDir: string;
  /** Submits it under this number; undefined when another submit has taken that. */
  submitNew(number: number): Promise<Followed | undefined>;
}

/** Writes a submission down: for this user, and in the run directory for everybody who computes the run. */
export type Keep = (submission: Submission) => Promise<void>;

/**
 * Takes the number, writes the submission down, submits it by `act`. What went wrong before that has left nothing
 * behind, and is written down as such.
 */
export async function submitClaimed(
  desk: JobDesk,
  number: number,
  submission: Submission,
  before: () => Promise<void>,
  act: (keep: Keep) => Promise<unknown>,
): Promise<Followed | undefined> {
  const { host, state } = desk;
  if (!(await claim(host, number, submission))) return undefined;
  const keep: Keep = async (one) => {
    state.keep(one);
    const path = join(jobsFolderOf(one.runDir), `${one.token}.json`);
    await host.writeFile(path, `${JSON.stringify(one, null, 2)}\n`);
  };
  await keep(submission);
  try {
    await before();
  } catch (error) {
    const at = new Date().toISOString();
    await keep({ ...submission, state: { kind: 'not submitted', at } }).catch(() => {});
    throw error;
  }
  await act(keep);
  const kept = state.submissions().find(({ token }) => token === submission.token) ?? submission;
  const [followed] = await desk.follow([kept]);
  return followed;
}

/** What a submission says of when and by whom it is made. */
export function madeNow(): Pick<Submission, 'schemaVersion' | 'created' | 'by' | 'state'> {
  const created = new Date().toISOString();
  return { schemaVersion: 1, created, by: thisProcess(), state: { kind: 'prepared' } };
}
