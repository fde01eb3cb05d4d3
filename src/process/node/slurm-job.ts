/** The Slurm job that a process belongs to, and whether a job that was named can still have processes. */
import { spawnSync } from 'node:child_process';

/** A job is one as often as it was started again: of two starts the earlier one is over. */
export interface SlurmJob {
  readonly id: string;
  readonly restarts: number;
  /** Absent where the cluster has no name. */
  readonly cluster?: string;
}

const squeueMs = 10_000;

/** States in which a job, or what is left of one, may have processes. */
const livingStates = /^(RUNNING|SUSPENDED|STOPPED|SIGNALING|COMPLETING|STAGE_OUT|RESIZING|CONFIGURING)/;

export function slurmJobOf(environment: NodeJS.ProcessEnv): SlurmJob | undefined {
  const { SLURM_JOB_ID: id, SLURM_RESTART_COUNT: restarts, SLURM_CLUSTER_NAME: cluster } = environment;
  return id ? { id, restarts: Number(restarts ?? 0) || 0, ...(cluster && { cluster }) } : undefined;
}

/** True when Slurm has ended all processes of the job, false when it may not have, or has no answer. */
export function isOver(
  job: SlurmJob,
  environment: NodeJS.ProcessEnv = process.env,
  ask: (id: string) => Answer = askSqueue,
): boolean {
  const own = slurmJobOf(environment);
  // Numbers of another cluster's jobs say nothing here.
  if (own?.cluster && job.cluster && own.cluster !== job.cluster) return false;
  if (own?.id === job.id) return own.restarts > job.restarts;
  const { status, text } = ask(job.id);
  if (status !== 0) return /invalid job id/i.test(text);
  // Each line is the state of a task where the job was an array.
  return !text.split('\n').some((state) => livingStates.test(state.trim()));
}

interface Answer {
  readonly status: number | null;
  readonly text: string;
}

/** Whoever watches a run asks several times a second, and the controller has many to answer. */
const freshMs = 20_000;
const answers = new Map<string, { readonly answer: Answer; readonly atMs: number }>();

function askSqueue(id: string): Answer {
  const last = answers.get(id);
  if (last && performance.now() - last.atMs < freshMs) return last.answer;
  const answer = squeue(id);
  answers.set(id, { answer, atMs: performance.now() });
  return answer;
}

function squeue(id: string): Answer {
  const { status, stdout, stderr } = spawnSync('squeue', ['--noheader', `--jobs=${id}`, '--format=%T'], {
    env: { ...process.env, LC_ALL: 'C' },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: squeueMs,
  });
  return { status, text: `${stdout ?? ''}\n${stderr ?? ''}` };
}
