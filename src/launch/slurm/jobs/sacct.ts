/** `sacct`: the accounts, which know jobs that the controller has forgotten, and what their steps used. */
import { parseArrayTasks } from './array-tasks.js';
import type { SlurmJob } from './job.js';
import { type Parsed, parseLines, separator, withValues } from './lines.js';
import { parseBareMs, parseCount, parseExit, parseMemory, parseTime, present } from './quantities.js';
import { jobState } from './states.js';

/** Only fields that all releases since 18.08 have. */
const fields = [
  ...[
    'JobID',
    'State',
    'ExitCode',
    'Reason',
    'ElapsedRaw',
    'TimelimitRaw',
    'NNodes',
    'NodeList',
    'Submit',
    'Start',
  ],
  ...['End', 'ReqMem', 'MaxRSS', 'Comment', 'WorkDir', 'Partition', 'Account', 'QOS', 'JobName'],
] as const;

const base = [
  'sacct',
  '--noheader',
  '--parsable2',
  `--delimiter=${separator}`,
  `--format=${fields.join(',')}`,
];

/** With the steps; of requeued jobs each time that they ran. */
export function sacctArgv(jobIds: readonly string[]): readonly string[] {
  return [...base, '--duplicates', `--jobs=${jobIds.join(',')}`];
}

/** Jobs of this user that were submitted since then (seconds since 1970), of a name. */
export function sacctSinceArgv(name: string, sinceSeconds: number): readonly string[] {
  const since = new Date(sinceSeconds * 1000).toISOString().slice(0, 19);
  return [...base, `--starttime=${since}`, '--endtime=now', `--name=${name}`];
}

interface Line extends SlurmJob {
  readonly step?: string;
}

/** Jobs with what their steps used; the last time that a requeued job ran counts, and the others are its restarts. */
export function parseSacct(text: string): Parsed<SlurmJob> {
  const { jobs: lines, unreadLines } = parseLines(text, fields.length, parseLine);
  const jobs = new Map<string, SlurmJob>();
  for (const { step, ...line } of lines) {
    const key = `${line.jobId} ${line.tasks?.ranges[0]?.first ?? ''}`;
    const known = jobs.get(key);
    if (step === undefined) {
      jobs.set(key, known ? { ...line, restarts: (known.restarts ?? 0) + 1, before: known.state } : line);
    } else if (known) {
      jobs.set(key, withStep(known, line));
    }
  }
  return { jobs: [...jobs.values()], unreadLines };
}

function withStep(job: SlurmJob, step: SlurmJob): SlurmJob {
  const usedBytes = Math.max(job.usedBytes ?? 0, step.usedBytes ?? 0);
  const isMemoryKilled = job.isMemoryKilled || step.state.name === 'OUT_OF_MEMORY';
  return { ...job, ...(usedBytes > 0 ? { usedBytes } : {}), ...(isMemoryKilled ? { isMemoryKilled } : {}) };
}

function parseLine(values: readonly string[]): Line | undefined {
  const of = (name: (typeof fields)[number]): string => values[fields.indexOf(name)] ?? '';
  const id = /^(\d+)(?:_(\d+|\[[^\]]*\]))?(?:\.(\S+))?$/.exec(of('JobID'));
  const state = present(of('State'));
  if (!id || state === undefined) return undefined;
  const [, jobId = '', tasks = '', step] = id;
  return withValues({
    ...{ jobId, step, tasks: parseArrayTasks(tasks), name: of('JobName'), state: jobState(state) },
    ...{ reason: present(of('Reason')), comment: present(of('Comment')), exit: parseExit(of('ExitCode')) },
    ...{ elapsedMs: parseBareMs(of('ElapsedRaw'), 1_000), limitMs: parseBareMs(of('TimelimitRaw'), 60_000) },
    ...{
      nodeCount: parseCount(of('NNodes')),
      nodes: present(of('NodeList')),
      submitted: parseTime(of('Submit')),
    },
    ...{ start: parseTime(of('Start')), end: parseTime(of('End')), workDir: present(of('WorkDir')) },
    ...{
      asked: parseMemory(of('ReqMem')),
      usedBytes: usedOf(of('MaxRSS')),
      partition: present(of('Partition')),
    },
    ...{ account: present(of('Account')), qos: present(of('QOS')) },
    cancelledBy: /^CANCELLED by (\S+)/.exec(state)?.[1],
  }) as Line;
}

/** In bytes when it has no unit. */
function usedOf(text: string): number | undefined {
  const memory = parseMemory(text, 'B');
  return memory && memory.bytes > 0 ? memory.bytes : undefined;
}
