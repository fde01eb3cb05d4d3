/** sbatch, called until the job is there: once and no more than once, whatever fails on the way. */
import { setTimeout as delay } from 'node:timers/promises';
import { EnvironmentError } from '../../../errors/environment-error.js';
import { InputError } from '../../../errors/input-error.js';
import type { Host } from '../../remote/host.js';
import { callSlurm } from '../jobs/call.js';
import type { SlurmFault } from '../jobs/faults.js';
import { type JobSources, noSlurm } from '../jobs/sources.js';
import { findByToken } from './find-by-token.js';
import { commentWith, type Submission, type SubmissionState } from './submission.js';

export interface SubmitRequest {
  readonly host: Host;
  readonly sources: JobSources;
  /** Its state is `prepared`, and it has been written down where `keep` writes it. */
  readonly submission: Submission;
  /** Writes the submission down with its new state, durably. */
  readonly keep: (submission: Submission) => Promise<void>;
  readonly onNotice: (message: string) => void;
  readonly stop?: AbortSignal;
  /** How long a controller that does not answer is waited for. */
  readonly patienceMs?: number;
  /** The first pause; each is twice as long as the one before. */
  readonly pauseMs?: number;
}

const longestPauseMs = 30_000;

/**
 * The number of the job. Before sbatch is called again after anything that may pass, the job is looked for; when a
 * request may still be on its way, twice, with a pause between. Throws InputError for what Slurm refuses.
 */
export async function submitOnce(request: SubmitRequest): Promise<string> {
  const { host, submission, onNotice, patienceMs = 600_000, pauseMs = 1_000, stop } = request;
  const deadline = Date.now() + patienceMs;
  for (let round = 0; ; round++) {
    const answer = await callSlurm(host, sbatchArgv(submission), {
      cwd: submission.workDir,
      ...(stop ? { signal: stop } : {}),
    });
    if (answer.kind === 'ok') return submitted(request, jobIdOf(answer.stdout));
    const { fault } = answer;
    if (fault.kind === 'absent') throw await given(request, fault, noSlurm(host, fault.message));
    if (fault.kind === 'refused') throw await given(request, fault, refusal(fault));
    if (fault.kind !== 'transient') {
      throw await given(request, fault, new EnvironmentError(`sbatch failed: ${fault.message}`));
    }
    onNotice(`sbatch: ${fault.message}; looking whether the job is there, then trying again`);
    const looks = fault.isUnsure ? 2 : 1;
    for (let look = 0; look < looks; ) {
      if (Date.now() > deadline || stop?.aborted) throw outOfPatience(host, fault, stop);
      await delay(
        Math.min(longestPauseMs, pauseMs * 2 ** (round + look)),
        undefined,
        stop ? { signal: stop } : {},
      ).catch(() => {});
      const search = await findByToken(host, request.sources, submission);
      if (search.kind === 'found') return submitted(request, search.jobId);
      // While the controller is silent nothing is known, and sbatch would be silent too.
      if (search.kind === 'silent') round++;
      else look++;
    }
  }
}

function sbatchArgv(submission: Submission): readonly string[] {
  return ['sbatch', '--parsable', `--comment=${commentWith(submission)}`, submission.script];
}

/** `12`, or `12;cluster`; sites have sbatch print more in front of it. */
function jobIdOf(stdout: string): { readonly jobId: string; readonly cluster?: string } {
  const match = stdout
    .split('\n')
    .map((line) => /^(\d+)(?:;(\S+))?$/.exec(line.trim()))
    .findLast((found) => found !== null);
  if (!match)
    throw new EnvironmentError(`sbatch printed no number of a job: ${JSON.stringify(stdout.slice(0, 200))}`);
  return { jobId: match[1] as string, ...(match[2] === undefined ? {} : { cluster: match[2] }) };
}

async function submitted(
  { submission, keep }: SubmitRequest,
  job: string | { readonly jobId: string; readonly cluster?: string },
): Promise<string> {
  const facts = typeof job === 'string' ? { jobId: job } : job;
  const state: SubmissionState = { kind: 'submitted', ...facts, at: new Date().toISOString() };
  await keep({ ...submission, state });
  return facts.jobId;
}

/** The error, after the submission was written down as one that came to nothing. */
async function given<T extends Error>(
  { submission, keep }: SubmitRequest,
  fault: SlurmFault,
  error: T,
): Promise<T> {
  await keep({
    ...submission,
    state: { kind: 'refused', message: fault.message, at: new Date().toISOString() },
  });
  return error;
}

function refusal({ words, message, hint }: Extract<SlurmFault, { kind: 'refused' }>): InputError {
  return new InputError(`sbatch refuses the job: ${words}`, { given: message, hint });
}

function outOfPatience(host: Host, fault: SlurmFault, stop: AbortSignal | undefined): EnvironmentError {
  const why = stop?.aborted ? 'interrupted' : `Slurm does not answer on ${host.name}: ${fault.message}`;
  return new EnvironmentError(`${why}. Whether the job was submitted is not known`, {
    hint: 'jobs looks for it by its token; the same submit again does too, before it submits anything',
  });
}
