/** How long a session may take: what the user says, else until the end of its Slurm job. */
import { spawnSync } from 'node:child_process';
import { parseDurationMs } from '../study/quantities.js';

export interface TimeLimit {
  /** By `performance.now`. */
  readonly endsAtMs: number;
  /** The part of it that is kept for stopping workers, and for what a run writes at its end. */
  readonly reserveMs: number;
  /** Where it is known from, in words. */
  readonly source: string;
}

/** Enough for workers to be stopped and ended, and for the answer of a large run to be begun. */
const mostReserveMs = 15_000;
const reservePart = 0.1;

/** squeue waits for its controller. */
const squeueMs = 5_000;

/** `asked`: milliseconds from now, Infinity for no limit whatever the job says. Undefined when there is none. */
export function timeLimitOf(
  asked: number | undefined,
  environment: NodeJS.ProcessEnv,
  askSqueue: (job: string) => string | undefined = squeueTimeLeft,
): TimeLimit | undefined {
  if (asked !== undefined) return limitIn(asked, 'the time limit of this session');
  const endSeconds = Number(environment.SLURM_JOB_END_TIME ?? Number.NaN);
  if (endSeconds > 0) return limitIn(endSeconds * 1000 - Date.now(), 'the end of the Slurm job');
  const job = environment.SLURM_JOB_ID;
  const leftMs = job ? parseDurationMs(askSqueue(job)?.trim() ?? '') : undefined;
  return leftMs === undefined ? undefined : limitIn(leftMs, 'squeue');
}

/** When nothing may run any more. */
export function deadlineOf({ endsAtMs, reserveMs }: TimeLimit): number {
  return endsAtMs - reserveMs;
}

function limitIn(leftMs: number, source: string): TimeLimit | undefined {
  if (leftMs === Number.POSITIVE_INFINITY) return undefined;
  const ms = Math.max(0, leftMs);
  return { endsAtMs: performance.now() + ms, reserveMs: Math.min(mostReserveMs, reservePart * ms), source };
}

/** Undefined without squeue, when it has no answer, and when it does not come in time. */
function squeueTimeLeft(job: string): string | undefined {
  const { status, stdout } = spawnSync('squeue', ['-h', '-j', job, '-o', '%L'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: squeueMs,
  });
  return status === 0 ? stdout : undefined;
}
