/** What is known of a job, whichever of Slurm's programs told it. Whatever one of them does not tell is absent. */
import { type ArrayTasks, formatArrayTasks } from './array-tasks.js';
import type { Memory } from './quantities.js';
import type { JobState } from './states.js';

export interface SlurmJob {
  /** Of the job, or of the whole array. What the user knows, and what scancel and the others take. */
  readonly jobId: string;
  /** Of an array: one task that has started, or all that still wait. */
  readonly tasks?: ArrayTasks;
  readonly name: string;
  readonly state: JobState;
  /** Slurm's own word for why it waits or how it ended. */
  readonly reason?: string;
  readonly comment?: string;
  readonly elapsedMs?: number;
  readonly limitMs?: number;
  readonly nodeCount?: number;
  readonly nodes?: string;
  /** ISO 8601. */
  readonly submitted?: string;
  /** ISO 8601; of a job that waits: when it is expected to start, or may. */
  readonly start?: string;
  readonly end?: string;
  readonly workDir?: string;
  readonly exit?: { readonly code: number; readonly signal: number };
  /** How often it went back to the queue. */
  readonly restarts?: number;
  /** How it ended the last time before it went back, where the accounts say it. */
  readonly before?: JobState;
  readonly asked?: Memory;
  /** Most that one of its tasks had at once. */
  readonly usedBytes?: number;
  readonly dependency?: string;
  readonly partition?: string;
  readonly account?: string;
  readonly qos?: string;
  /** File of its standard output, where scontrol says it. */
  readonly output?: string;
  /** User who cancelled it: a name or a number. */
  readonly cancelledBy?: string;
  /** A step of it ran out of memory, though the job as a whole ended otherwise. */
  readonly isMemoryKilled?: boolean;
}

/** `12`, `12_3`, `12_[4-6%2]`. */
export function shownId({ jobId, tasks }: SlurmJob): string {
  if (!tasks) return jobId;
  const [only] = tasks.ranges;
  if (
    only &&
    tasks.ranges.length === 1 &&
    only.first === only.last &&
    tasks.limit === undefined &&
    !tasks.isCut
  )
    return `${jobId}_${only.first}`;
  return `${jobId}_[${formatArrayTasks(tasks)}]`;
}

/**
 * `over` where it says something, else `base`: two programs' view of one job. Until a job that went back to the queue starts
 * again, the accounts have its end, which is not the end of the job.
 */
export function mergedJob(base: SlurmJob, over: SlurmJob): SlurmJob {
  const said = Object.fromEntries(Object.entries(over).filter(([, value]) => value !== undefined));
  const isBack = base.state.phase === 'ended' && over.state.phase === 'waiting';
  return { ...(isBack ? beforeItsNextStart(base) : base), ...said } as SlurmJob;
}

function beforeItsNextStart(job: SlurmJob): SlurmJob {
  const { nodes: _nodes, elapsedMs: _elapsed, start: _start, end: _end, exit: _exit, ...rest } = job;
  const { cancelledBy: _by, usedBytes: _used, isMemoryKilled: _isKilled, ...lasting } = rest;
  return { ...lasting, before: job.state };
}
