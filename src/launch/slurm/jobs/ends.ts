/** How a job ended, in words, with what Slurm noted of it, and what to do about it. */
import type { SlurmJob } from './job.js';
import type { Memory } from './quantities.js';
import { waitWords } from './waits.js';

export interface JobAccount {
  /** One sentence without a full stop. */
  readonly words: string;
  readonly hint?: string;
}

export interface EndFacts {
  readonly job: SlurmJob;
  /** Last lines that the job printed, where they can be read: some failures are told nowhere else. */
  readonly printed?: string | undefined;
}

/** For a job in any state. */
export function accountOf(facts: EndFacts): JobAccount {
  const { job } = facts;
  const { state } = job;
  if (state.phase === 'waiting') {
    return { words: `waits${againWords(job)}: ${waitWords(job.reason)}`, ...waitHint(job) };
  }
  if (state.phase !== 'ended') {
    const where = job.nodes ? ` on ${job.nodes}` : '';
    return { words: `is ${state.words}${where}` };
  }
  return endOf(facts);
}

/** Of a job that went back to the queue: how often, and why, where either is known. */
function againWords({ restarts, before }: SlurmJob): string {
  const why =
    before?.name === 'PREEMPTED'
      ? ' since a job of higher priority pushed it out'
      : before?.name === 'NODE_FAIL'
        ? ' since a node failed'
        : '';
  if (restarts) return `, for the ${ordinal(restarts + 1)} time${why}`;
  return why === '' ? '' : `, again${why}`;
}

function endOf(facts: EndFacts): JobAccount {
  const { job } = facts;
  switch (job.state.name) {
    case 'OUT_OF_MEMORY':
      return outOfMemory(job);
    case 'TIMEOUT':
      return {
        words: `reached its time limit${job.limitMs === undefined ? '' : ` of ${clock(job.limitMs)}`}`,
        hint: 'What was done is kept: submit again to go on, with more --time or --chain',
      };
    case 'DEADLINE':
      return { words: 'could not end before its deadline' };
    case 'NODE_FAIL':
      return {
        words: `ended because a node failed${job.nodes ? ` (of ${job.nodes})` : ''}`,
        hint: 'What was done is kept: submit again to go on; jobs with --requeue go on by themselves',
      };
    case 'PREEMPTED':
      return {
        words: 'was pushed out by a job of higher priority',
        hint: 'What was done is kept: submit again to go on; jobs with --requeue go on by themselves',
      };
    case 'CANCELLED':
      return cancelled(job);
    case 'BOOT_FAIL':
    case 'RECONFIG_FAIL':
      return {
        words: `never started: a node could not be started for it${job.nodes ? ` (${job.nodes})` : ''}`,
        hint: 'Submit again; if it comes again, tell the administrators of the cluster which node it was',
      };
    case 'COMPLETED':
      return { words: `completed${job.elapsedMs === undefined ? '' : ` in ${clock(job.elapsedMs)}`}` };
    default:
      return job.state.isBad ? failed(facts) : { words: job.state.words };
  }
}

function outOfMemory({ asked, usedBytes }: SlurmJob): JobAccount {
  const said = [
    asked ? `${shownMemory(asked)} were asked for` : '',
    usedBytes === undefined ? '' : `one of its tasks was last seen with ${shownBytes(usedBytes)}`,
  ].filter((part) => part !== '');
  return {
    words: `ran out of memory${said.length > 0 ? `: ${said.join(', ')}` : ''}`,
    hint: 'Ask for more by --mem or --mem-per-cpu, or start fewer ranks on a node',
  };
}

function cancelled(job: SlurmJob): JobAccount {
  if (job.reason === 'DependencyNeverSatisfied') {
    return {
      words: `was cancelled by Slurm: the job it waited for did not end as it had to${job.dependency ? ` (${job.dependency})` : ''}`,
    };
  }
  const by =
    job.cancelledBy === undefined
      ? ''
      : ` by ${/^\d+$/.test(job.cancelledBy) ? 'user ' : ''}${job.cancelledBy}`;
  const when =
    job.elapsedMs === undefined
      ? ''
      : job.elapsedMs > 0
        ? ` after ${clock(job.elapsedMs)}`
        : ' before it started';
  return { words: `was cancelled${by}${when}`, hint: 'What was done is kept: submit again to go on' };
}

/** Slurm says little of those: its reason, the exit code, and what the job printed. */
function failed({ job, printed = '' }: EndFacts): JobAccount {
  const { exit, reason } = job;
  if (job.isMemoryKilled || /oom.kill event|Out Of Memory|out-of-memory handler/i.test(printed))
    return outOfMemory(job);
  if (reason === 'JobLaunchFailure' || exit?.signal === 53) {
    return {
      words: `could not be started on ${job.nodes ?? 'its node'}: its working folder or the folder of its output is not there`,
      hint: `Both have to be on a file system that the nodes see${job.workDir ? `: ${job.workDir}` : ''}`,
    };
  }
  if (reason === 'BadConstraints') {
    return {
      words: 'was refused: no node can ever give what it asks for',
      hint: 'sinfo -o "%P %D %c %m %G" shows what there is',
    };
  }
  if (exit && exit.signal > 0 && exit.signal !== 125) {
    return {
      words: `was ended by signal ${exit.signal}${exit.signal === 9 ? ', which on some clusters is how a memory limit shows' : ''}`,
    };
  }
  const meaning = exitMeanings[exit?.code ?? -1];
  const said =
    exit === undefined || exit.code === 0
      ? ''
      : ` with exit code ${exit.code}${meaning ? `: ${meaning}` : ''}`;
  const known = reason === undefined || reason === 'NonZeroExitCode' ? '' : ` (Slurm says ${reason})`;
  return { words: `failed${said}${known}`, hint: 'logs shows what it printed' };
}

/** Exit codes of shoal, and of the shell that starts it. */
export const exitMeanings: Readonly<Record<number, string>> = {
  1: 'some cases failed, or a command of the script did',
  2: 'bad input, or something that the run needs is missing',
  126: 'a program may not be executed',
  127: 'a program was not found',
  130: 'the run was interrupted',
};

function waitHint(job: SlurmJob): Pick<JobAccount, 'hint'> {
  const reason = job.reason ?? '';
  if (/NeverSatisfied|NodeLimit|TimeLimit$|PartitionConfig|BadConstraints|Invalid|NotAllowed/.test(reason)) {
    return { hint: 'It will not start as it is: cancel it and submit it with other options' };
  }
  return {};
}

function shownMemory({ bytes, per }: Memory): string {
  const suffix = { node: ' a node', cpu: ' for each CPU', job: '' }[per];
  return `${shownBytes(bytes)}${suffix}`;
}

/** Powers of 1,024 as Slurm uses them: `60 MiB`, `1.5 GiB`. */
function shownBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  const power = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10));
  return `${Number((bytes / 1024 ** power).toPrecision(3))} ${units[power]}`;
}

/** `0:42`, `12:03`, `2:05:09`, `1 d 3:00:00`. */
export function clock(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const pad = (value: number): string => String(value).padStart(2, '0');
  const [days, hours, minutes] = [
    Math.floor(seconds / 86_400),
    Math.floor((seconds % 86_400) / 3600),
    Math.floor((seconds % 3600) / 60),
  ];
  const rest =
    hours > 0 || days > 0
      ? `${hours}:${pad(minutes)}:${pad(seconds % 60)}`
      : `${minutes}:${pad(seconds % 60)}`;
  return days > 0 ? `${days} d ${rest}` : rest;
}

function ordinal(count: number): string {
  const suffix = count % 100 > 10 && count % 100 < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][count % 10] ?? 'th');
  return `${count}${suffix}`;
}
