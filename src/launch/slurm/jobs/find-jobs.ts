/** Jobs of this user, from whichever of Slurm's programs the host has. */
import { EnvironmentError } from '../../../errors/environment-error.js';
import type { Host } from '../../remote/host.js';
import { callSlurm } from './call.js';
import type { SlurmFault } from './faults.js';
import { mergedJob, type SlurmJob } from './job.js';
import type { Parsed } from './lines.js';
import { parseSacct, sacctArgv, sacctSinceArgv } from './sacct.js';
import { parseScontrol, scontrolArgv } from './scontrol.js';
import type { JobSources } from './sources.js';
import { parseSqueue, squeueArgv } from './squeue.js';

/** What a look at the jobs gave. `silent`: the controller does not answer just now, which says nothing about jobs. */
export type Look =
  | { readonly kind: 'seen'; readonly jobs: readonly SlurmJob[] }
  | { readonly kind: 'silent'; readonly fault: SlurmFault };

/** All jobs of this user that wait or run, and those that ended in the last minutes. */
export async function lookAtQueue(host: Host, { squeue }: JobSources, signal?: AbortSignal): Promise<Look> {
  return squeue
    ? look(host, squeueArgv, parseSqueue, signal)
    : look(
        host,
        scontrolArgv('').filter((word) => word !== ''),
        parseScontrol,
        signal,
      );
}

/** One job, or the tasks of one array, as the controller and the accounts know it. Nobody knows it: no jobs. */
export async function lookAtJob(host: Host, sources: JobSources, jobId: string): Promise<Look> {
  const controller = sources.scontrol ? await look(host, scontrolArgv(jobId), parseScontrol) : undefined;
  const accounts = sources.sacct ? await look(host, sacctArgv([jobId]), parseSacct) : undefined;
  const looks = [accounts, controller].filter((each) => each !== undefined);
  const seen = looks.flatMap((each) => (each.kind === 'seen' ? each.jobs : []));
  const silent = looks.find((each) => each.kind === 'silent');
  if (seen.length === 0 && silent) return silent;
  return { kind: 'seen', jobs: joined(seen) };
}

/** Jobs in the accounts by their name: for sites whose accounts keep no comments. */
export async function lookInAccounts(host: Host, name: string, sinceSeconds: number): Promise<Look> {
  return look(host, sacctSinceArgv(name, sinceSeconds), parseSacct);
}

async function look(
  host: Host,
  argv: readonly string[],
  parse: (text: string) => Parsed<SlurmJob>,
  signal?: AbortSignal,
): Promise<Look> {
  const answer = await callSlurm(host, argv, signal ? { signal } : {});
  if (answer.kind === 'ok') return { kind: 'seen', jobs: parse(answer.stdout).jobs };
  const { fault } = answer;
  switch (fault.kind) {
    case 'no such job':
      return { kind: 'seen', jobs: [] };
    case 'transient':
      return { kind: 'silent', fault };
    case 'absent':
    case 'refused':
    case 'other':
      throw new EnvironmentError(`${argv[0]} fails on ${host.name}: ${fault.message}`);
    default:
      return fault satisfies never;
  }
}

/** Two views of one job as one: what comes later wins, apart from an end that only the accounts know. */
function joined(jobs: readonly SlurmJob[]): SlurmJob[] {
  const byTask = new Map<string, SlurmJob>();
  for (const job of jobs) {
    const key = `${job.jobId} ${JSON.stringify(job.tasks?.ranges ?? [])}`;
    const known = byTask.get(key);
    byTask.set(key, known ? mergedJob(known, job) : job);
  }
  return [...byTask.values()];
}
