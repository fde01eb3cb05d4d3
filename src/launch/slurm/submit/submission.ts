/**
 * A submission as it is written down: before sbatch is called, and again when it has answered. Its token is in the comment
 * of the job, by which the job is found when its number was lost.
 */
import { randomBytes } from 'node:crypto';
import type { ProcessIdentity } from '../../../process/identity.js';
import type { JobAccount } from '../jobs/ends.js';

export type SubmissionState =
  /** It is about to be submitted, or has been, and whoever did it did not live to write down what came of it. */
  | { readonly kind: 'prepared' }
  | { readonly kind: 'submitted'; readonly jobId: string; readonly cluster?: string; readonly at: string }
  | { readonly kind: 'refused'; readonly message: string; readonly at: string }
  /** Nobody there knows of it: the host was never reached. */
  | { readonly kind: 'not submitted'; readonly at: string };

export interface JobEnd extends JobAccount {
  readonly jobId: string;
  readonly state: string;
  readonly elapsedMs?: number;
  readonly nodes?: string;
  readonly nodeCount?: number;
  readonly restarts?: number;
}

export interface Submission {
  readonly schemaVersion: 1;
  readonly token: string;
  /** `localhost`, or as the user names it. */
  readonly host: string;
  readonly site: string;
  /** Of a run that was started by itself, on a host without Slurm; absent for a job of Slurm's. */
  readonly scheduler?: 'none';
  /** Of the study; `jobName` is what Slurm shows. */
  readonly name: string;
  readonly jobName: string;
  readonly cases: number;
  /** Absolute paths on the host. */
  readonly runDir: string;
  readonly script: string;
  readonly workDir: string;
  /** Pattern of sbatch's, relative to `workDir`: `%x-%j.out`. */
  readonly output: string;
  /** The user's own on the job, which its token stands behind. */
  readonly comment?: string;
  /** Program and arguments that start shoal there. */
  readonly program: readonly string[];
  /** Of a job array over shards of the study. */
  readonly shards?: { readonly tasks: number; readonly folder: string };
  /** ISO 8601. */
  readonly created: string;
  /** Who wrote this: while it lives, nobody else decides what became of the submission. */
  readonly by: ProcessIdentity;
  readonly state: SubmissionState;
  /** How its last job ended, once it has: Slurm forgets. */
  readonly end?: JobEnd;
}

/** What a job's comment ends with, and the name of its files. */
export function newToken(): string {
  return `shoal-${randomBytes(10).toString('hex')}`;
}

/** The comment that a job gets. */
export function commentWith({ token, comment }: Pick<Submission, 'token' | 'comment'>): string {
  return comment === undefined ? token : `${comment} ${token}`;
}

/** Whether a job's comment says that it is of this submission; sites put words of their own beside ours. */
export function bearsToken(comment: string | undefined, token: string): boolean {
  return comment?.split(/[^\w-]+/).includes(token) ?? false;
}

/** How a run is called that has no number of a job: unmistakable among those of one user, and short. */
export function shortToken(token: string): string {
  return token.slice(0, 'shoal-'.length + 8);
}

export function isToken(text: string | undefined): text is string {
  return /^shoal-[0-9a-f]{20}$/.test(text ?? '');
}

/** Undefined for what is no submission, or one of a newer version. */
export function parseSubmission(text: string): Submission | undefined {
  try {
    const value = JSON.parse(text) as Partial<Submission> | null;
    const isWhole =
      value?.schemaVersion === 1 &&
      isToken(value.token) &&
      [value.host, value.name, value.jobName, value.runDir, value.workDir, value.created].every(
        (part) => typeof part === 'string',
      ) &&
      typeof value.state?.kind === 'string';
    return isWhole ? (value as Submission) : undefined;
  } catch {
    return undefined;
  }
}

/** Folder in a run directory for what belongs to its jobs: scripts, submissions, what they print. */
export function jobsFolderOf(runDir: string): string {
  return `${runDir}/jobs`;
}
