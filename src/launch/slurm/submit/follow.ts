/** Where submissions stand: what Slurm says of their jobs, in one look at the queue for all of them. */
import { posix } from 'node:path';
import type { Host } from '../../remote/host.js';
import { arrayTaskCount } from '../jobs/array-tasks.js';
import { accountOf, type JobAccount } from '../jobs/ends.js';
import { lookAtJob, lookAtQueue } from '../jobs/find-jobs.js';
import { mergedJob, type SlurmJob } from '../jobs/job.js';
import type { JobSources } from '../jobs/sources.js';
import type { JobState } from '../jobs/states.js';
import { outputPath } from './output-path.js';
import { settled } from './settle.js';
import { bearsToken, type JobEnd, type Submission } from './submission.js';

export interface Followed {
  readonly submission: Submission;
  /** Of the last link of a chain; absent while there is none, or none is known. */
  readonly jobId?: string;
  /** As Slurm last told them: one, or the tasks of an array. Empty where it has forgotten them. */
  readonly jobs: readonly SlurmJob[];
  /** Slurm's word, of an array that of its tasks which says most; in small letters where there is no job. */
  readonly state: string;
  readonly phase: JobState['phase'];
  readonly account: JobAccount;
  /** Where no job tells it. */
  readonly elapsedMs?: number;
  /** Tasks of an array. */
  readonly tasks?: {
    readonly waiting: number;
    readonly running: number;
    readonly ended: number;
    readonly bad: number;
  };
}

/** `keep` writes down what was found out of a submission. A controller that is silent leaves all as it is known. */
export async function follow(
  host: Host,
  sources: JobSources,
  submissions: readonly Submission[],
  keep: (submission: Submission) => void,
): Promise<readonly Followed[]> {
  const isOpen = ({ state, end }: Submission): boolean =>
    end === undefined && (state.kind === 'prepared' || state.kind === 'submitted');
  const queue = submissions.some(isOpen) ? await lookAtQueue(host, sources) : undefined;
  const followed: Followed[] = [];
  for (const given of submissions) {
    const submission = await settled(host, sources, given);
    if (submission !== given) keep(submission);
    const one =
      queue?.kind === 'silent' && isOpen(submission)
        ? withoutJob(submission, 'unknown', 'unknown', `is not known: ${queue.fault.message}`)
        : await followOne(host, sources, submission, queue?.kind === 'seen' ? queue.jobs : []);
    const end = endOf(one);
    if (end && !submission.end) keep({ ...one.submission, end });
    followed.push(one);
  }
  return followed;
}

async function followOne(
  host: Host,
  sources: JobSources,
  submission: Submission,
  queue: readonly SlurmJob[],
): Promise<Followed> {
  const { state, token, end } = submission;
  switch (state.kind) {
    case 'prepared':
      return withoutJob(submission, 'submitting', 'waiting', 'is being submitted');
    case 'refused':
      return withoutJob(submission, 'refused', 'ended', `was refused: ${state.message}`);
    case 'not submitted':
      return withoutJob(submission, 'not submitted', 'ended', 'was never submitted: submit it again');
    case 'submitted':
      break;
    default:
      return state satisfies never;
  }
  const ours = queue.filter(({ comment, jobId }) => bearsToken(comment, token) || jobId === state.jobId);
  const jobId = String(
    Math.max(Number(state.jobId), Number(end?.jobId ?? 0), ...ours.map((job) => Number(job.jobId))),
  );
  if (submission.shards) {
    const isOver = ours.every((job) => job.state.phase === 'ended');
    if (end && end.jobId === jobId && isOver) return ofEnd(submission, end);
    const known = await lastOfEachTask(host, sources, state.jobId, ours);
    return known.length === 0
      ? forgotten(submission, jobId)
      : ofJobs(submission, jobId, known, await printedBy(host, submission, known));
  }
  const link = ours.filter((job) => job.jobId === jobId);
  const isOver = link.every((job) => job.state.phase === 'ended');
  if (end && end.jobId === jobId && isOver) return ofEnd(submission, end);
  // Of a job that went back to the queue, the queue alone does not say why.
  const mayBeBack = link.some(
    ({ state: { phase }, reason }) => phase === 'waiting' && reason === 'BeginTime',
  );
  const isTold = link.length > 0 && !isOver && !mayBeBack;
  const known = isTold ? link : await detailed(host, sources, jobId, link);
  return known.length === 0
    ? forgotten(submission, jobId)
    : ofJobs(submission, jobId, known, await printedBy(host, submission, known));
}

/**
 * Of an array each task may have a chain of its own, whose links are jobs of one task: the last link counts. `ours` is
 * what the queue has of all of them; what it has forgotten of the array is asked for.
 */
async function lastOfEachTask(
  host: Host,
  sources: JobSources,
  arrayId: string,
  ours: readonly SlurmJob[],
): Promise<readonly SlurmJob[]> {
  const array = ours.filter((job) => job.jobId === arrayId);
  const isTold = array.length > 0 && array.every((job) => job.state.phase !== 'ended');
  const first = isTold ? array : await detailed(host, sources, arrayId, array);
  const all = [...first, ...ours.filter((job) => job.jobId !== arrayId)];
  return all.filter((job) => {
    const task = onlyTask(job);
    const isLater = (other: SlurmJob): boolean => Number(other.jobId) > Number(job.jobId);
    return task === undefined || !all.some((other) => onlyTask(other) === task && isLater(other));
  });
}

/** Undefined for tasks that wait together: none of them has gone on in another job yet. */
function onlyTask({ tasks }: SlurmJob): number | undefined {
  return tasks && arrayTaskCount(tasks) === 1 && !tasks.isCut ? tasks.ranges[0]?.first : undefined;
}

function forgotten(submission: Submission, jobId: string): Followed {
  const words = `job ${jobId} is not known to Slurm any more`;
  return { ...withoutJob(submission, 'forgotten', 'unknown', words), jobId };
}

/** With what scontrol and sacct know beside. */
async function detailed(
  host: Host,
  sources: JobSources,
  jobId: string,
  link: readonly SlurmJob[],
): Promise<readonly SlurmJob[]> {
  const look = await lookAtJob(host, sources, jobId);
  if (look.kind === 'silent' || look.jobs.length === 0) return link;
  return look.jobs.map((job) => {
    const same = link.find(({ tasks }) => tasks?.ranges[0]?.first === job.tasks?.ranges[0]?.first);
    if (!same) return job;
    return same.state.phase === 'waiting' ? mergedJob(job, same) : mergedJob(same, job);
  });
}

function withoutJob(
  submission: Submission,
  state: string,
  phase: JobState['phase'],
  words: string,
): Followed {
  return { submission, jobs: [], state, phase, account: { words } };
}

function ofEnd(
  submission: Submission,
  {
    jobId,
    state,
    elapsedMs: _elapsed,
    nodes: _nodes,
    nodeCount: _count,
    restarts: _restarts,
    ...account
  }: JobEnd,
): Followed {
  return { submission, jobs: [], jobId, state, phase: 'ended', account };
}

function ofJobs(
  submission: Submission,
  jobId: string,
  jobs: readonly SlurmJob[],
  printed: string | undefined,
): Followed {
  const worst = mostTelling(jobs);
  const account = accountOf({ job: worst, printed });
  const facts = { submission, jobId, jobs, state: worst.state.name, phase: worst.state.phase };
  if (!jobs.some(({ tasks }) => tasks)) return { ...facts, account };
  const tasks = countTasks(jobs, submission.shards?.tasks ?? 0);
  const total = tasks.waiting + tasks.running + tasks.ended;
  const said = [
    tasks.running > 0 ? `${tasks.running} running` : '',
    tasks.waiting > 0 ? `${tasks.waiting} waiting` : '',
    tasks.ended > 0 ? `${tasks.ended} ended` : '',
    tasks.bad > 0 ? `${tasks.bad} of them badly` : '',
  ].filter((part) => part !== '');
  const task = worst.tasks?.ranges[0]?.first;
  const detail =
    worst.state.isBad || worst.state.phase === 'waiting' ? `; task ${task} ${account.words}` : '';
  return {
    ...facts,
    tasks,
    account: { ...account, words: `has ${total} tasks: ${said.join(', ')}${detail}` },
  };
}

/** Of `total` tasks those that Slurm has forgotten have ended. */
function countTasks(jobs: readonly SlurmJob[], total: number): NonNullable<Followed['tasks']> {
  const count = (is: (job: SlurmJob) => boolean): number =>
    jobs.filter(is).reduce((sum, { tasks }) => sum + (tasks ? arrayTaskCount(tasks) : 1), 0);
  const isWhole = jobs.every(({ tasks }) => tasks?.isCut === false);
  const gone = isWhole ? Math.max(0, total - count(() => true)) : 0;
  return {
    waiting: count(({ state }) => state.phase === 'waiting'),
    running: count(({ state }) => state.phase === 'running' || state.phase === 'unknown'),
    ended: gone + count(({ state }) => state.phase === 'ended'),
    bad: count(({ state }) => state.isBad),
  };
}

/** What runs, then what waits, then what ended badly. */
function mostTelling(jobs: readonly SlurmJob[]): SlurmJob {
  const weight = ({ state }: SlurmJob): number =>
    ({ running: 4, unknown: 3, waiting: 2, ended: 0 })[state.phase] + (state.isBad ? 1 : 0);
  return jobs.toSorted((a, b) => weight(b) - weight(a))[0] as SlurmJob;
}

const tailBytes = 16_384;

/** The end of what a job that failed printed, of its first task that did; memory is told nowhere else on some sites. */
async function printedBy(
  host: Host,
  submission: Submission,
  jobs: readonly SlurmJob[],
): Promise<string | undefined> {
  const failed = jobs.find(({ state }) => state.name === 'FAILED');
  const path = failed && outputOf(submission, failed);
  if (path === undefined) return undefined;
  const bytes = await host.readFile(path).catch(() => undefined);
  return bytes && new TextDecoder().decode(bytes.subarray(-tailBytes));
}

/** Absolute path on the host of what a job prints. */
export function outputOf({ output, jobName, workDir }: Submission, job: SlurmJob): string | undefined {
  const task = job.tasks?.ranges[0]?.first;
  const path = outputPath(output, { jobId: job.jobId, jobName, ...(task === undefined ? {} : { task }) });
  return path === undefined ? job.output : posix.resolve(workDir, path);
}

function endOf({ jobId, jobs, state, phase, account }: Followed): JobEnd | undefined {
  const [job] = jobs;
  if (!job || jobId === undefined || phase !== 'ended') return undefined;
  const { elapsedMs, nodes, nodeCount, restarts } = job;
  return {
    ...{ jobId, state, ...account },
    ...(elapsedMs === undefined ? {} : { elapsedMs }),
    ...(nodes === undefined ? {} : { nodes }),
    ...(nodeCount === undefined ? {} : { nodeCount }),
    ...(restarts ? { restarts } : {}),
  };
}
