/** `scontrol -o show job`: all that the controller knows of a job, one job a line. */
import { parseArrayTasks } from './array-tasks.js';
import type { SlurmJob } from './job.js';
import { type Parsed, withValues } from './lines.js';
import {
  type Memory,
  parseCount,
  parseElapsedMs,
  parseExit,
  parseMemory,
  parseTime,
  present,
} from './quantities.js';
import { jobState } from './states.js';

export function scontrolArgv(jobId: string): readonly string[] {
  return ['scontrol', '--oneliner', 'show', 'job', jobId];
}

export function parseScontrol(text: string): Parsed<SlurmJob> {
  const jobs: SlurmJob[] = [];
  let unreadLines = 0;
  for (const line of text.split('\n')) {
    if (line.trim() === '' || line.startsWith('No jobs in the system')) continue;
    const job = parseJob(line);
    if (job) jobs.push(job);
    else unreadLines++;
  }
  return { jobs, unreadLines };
}

/** A line without a state is one that was cut off. */
function parseJob(line: string): SlurmJob | undefined {
  const head = /^JobId=(\d+) (?:ArrayJobId=(\d+) ArrayTaskId=(\S+) (?:ArrayTaskThrottle=(\d+) )?)?/.exec(
    line,
  );
  if (!head) return undefined;
  const [, id, arrayId, tasks, throttle] = head;
  const { name, rest } = nameOf(line.slice(head[0].length));
  const fields = fieldsOf(rest);
  const state = present(fields.get('JobState'));
  if (state === undefined) return undefined;
  const isOneTask = tasks !== undefined && /^\d+$/.test(tasks);
  return withValues({
    ...{
      jobId: (arrayId ?? id) as string,
      name,
      state: jobState(state),
      reason: present(fields.get('Reason')),
    },
    tasks: parseArrayTasks(
      tasks === undefined
        ? ''
        : isOneTask || throttle === undefined
          ? tasks
          : `${tasks.replace(/%.*/, '')}%${throttle}`,
    ),
    ...{ comment: present(fields.get('Comment')), elapsedMs: parseElapsedMs(fields.get('RunTime')) },
    ...{ limitMs: parseElapsedMs(fields.get('TimeLimit')), nodeCount: parseCount(fields.get('NumNodes')) },
    ...{ nodes: present(fields.get('NodeList')), submitted: parseTime(fields.get('SubmitTime')) },
    ...{ start: parseTime(fields.get('StartTime')), end: parseTime(fields.get('EndTime')) },
    ...{ workDir: present(fields.get('WorkDir')), exit: parseExit(fields.get('ExitCode')) },
    ...{ restarts: parseCount(fields.get('Restarts')), asked: askedMemory(fields) },
    ...{ dependency: present(fields.get('Dependency')), output: present(fields.get('StdOut')) },
    ...{ partition: present(fields.get('Partition')), account: present(fields.get('Account')) },
    qos: present(fields.get('QOS')),
  }) as SlurmJob;
}

/** A name may hold blanks and signs of equality; the owner always follows it. */
function nameOf(text: string): { name: string; rest: string } {
  const owner = / UserId=\S+\(\d+\) /.exec(text);
  if (!text.startsWith('JobName=') || !owner) return { name: '', rest: ` ${text}` };
  return { name: text.slice('JobName='.length, owner.index), rest: text.slice(owner.index) };
}

/** Values may hold blanks: a value ends where the next of Slurm's keys begins. Of two of one key the first counts. */
function fieldsOf(text: string): ReadonlyMap<string, string> {
  const starts = [...text.matchAll(/ ([A-Z][A-Za-z/]*(?::[A-Za-z:]+)?)=/g)];
  const fields = new Map<string, string>();
  starts.forEach((match, i) => {
    const value = text.slice(match.index + match[0].length, starts[i + 1]?.index ?? text.length).trim();
    if (!fields.has(match[1] as string)) fields.set(match[1] as string, value);
  });
  return fields;
}

/** What the job may use in all, else what was asked for a node or a CPU. */
function askedMemory(fields: ReadonlyMap<string, string>): Memory | undefined {
  const tres = fields.get('ReqTRES') ?? fields.get('TRES') ?? '';
  const inAll = parseMemory(/(?:^|,)mem=([^,]+)/.exec(tres)?.[1]);
  if (inAll) return inAll;
  const node = parseMemory(fields.get('MinMemoryNode'));
  if (node && node.bytes > 0) return { ...node, per: 'node' };
  const cpu = parseMemory(fields.get('MinMemoryCPU'));
  return cpu && cpu.bytes > 0 ? { ...cpu, per: 'cpu' } : undefined;
}
