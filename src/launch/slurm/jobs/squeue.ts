/** `squeue`: the jobs that wait and run, and for some minutes those that have ended. */
import { parseArrayTasks } from './array-tasks.js';
import type { SlurmJob } from './job.js';
import { type Parsed, parseLines, separator, withValues } from './lines.js';
import { parseCount, parseElapsedMs, parseTime, present } from './quantities.js';
import { jobState } from './states.js';

/** Array's id, task of it, state, reason, elapsed, limit, nodes, their names, start, submission, comment, folder, … */
const format = [
  '%F',
  '%K',
  '%T',
  '%r',
  '%M',
  '%l',
  '%D',
  '%N',
  '%S',
  '%V',
  '%k',
  '%Z',
  '%P',
  '%a',
  '%q',
  '%E',
  '%j',
];

/** All jobs of this user, those that ended lately too. Variables of the user's (SQUEUE_STATES, …) change nothing. */
export const squeueArgv = [
  'squeue',
  '--noheader',
  '--states=all',
  '--me',
  `--format=${format.join(separator)}`,
];

export function parseSqueue(text: string): Parsed<SlurmJob> {
  return parseLines(text, format.length, (fields) => {
    const [
      jobId,
      tasks,
      state,
      reason,
      elapsed,
      limit,
      nodeCount,
      nodes,
      start,
      submitted,
      comment,
      workDir,
    ] = fields as string[];
    const [partition, account, qos, dependency, name] = fields.slice(12) as string[];
    if (!/^\d+$/.test(jobId ?? '') || present(state) === undefined) return undefined;
    return withValues({
      ...{ jobId: jobId as string, tasks: parseArrayTasks(tasks ?? ''), name: name ?? '' },
      ...{ state: jobState(state ?? ''), reason: present(reason), comment: present(comment) },
      ...{
        elapsedMs: parseElapsedMs(elapsed),
        limitMs: parseElapsedMs(limit),
        nodeCount: parseCount(nodeCount),
      },
      ...{ nodes: present(nodes), start: parseTime(start), submitted: parseTime(submitted) },
      ...{ workDir: present(workDir), partition: present(partition), account: present(account) },
      ...{ qos: present(qos), dependency: present(dependency) },
    }) as SlurmJob;
  });
}
