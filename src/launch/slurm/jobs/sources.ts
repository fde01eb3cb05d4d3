/** Which of Slurm's programs tell a host's jobs: found out once, and remembered for the host. */
import { EnvironmentError } from '../../../errors/environment-error.js';
import type { Host } from '../../remote/host.js';
import { callSlurm } from './call.js';

export interface JobSources {
  readonly squeue: boolean;
  readonly scontrol: boolean;
  readonly sacct: boolean;
}

/** Where what was found out is kept between calls of this program. */
export interface SourceMemory {
  read(host: string): JobSources | undefined;
  write(host: string, sources: JobSources): void;
}

/** Throws EnvironmentError where there is no Slurm at all. */
export async function jobSources(host: Host, memory: SourceMemory): Promise<JobSources> {
  const found = await findSources(host, memory);
  if (found) return found;
  throw noSlurm(host);
}

/** Undefined where there is no Slurm at all. */
export async function findSources(host: Host, memory: SourceMemory): Promise<JobSources | undefined> {
  const known = memory.read(host.name);
  if (known) return known;
  const names = ['squeue', 'scontrol', 'sacct'] as const;
  const found = await host.run([
    'sh',
    '-c',
    `for each in ${names.join(' ')}; do command -v "$each"; done; :`,
  ]);
  const has = (name: string): boolean =>
    found.stdout.split('\n').some((line) => line.endsWith(`/${name}`) || line === name);
  if (!has('squeue') && !has('scontrol') && !has('sacct')) return undefined;
  const accounts = has('sacct')
    ? await callSlurm(host, ['sacct', '--noheader', '--allocations', '--starttime=now'])
    : undefined;
  const isAccounting = accounts?.kind === 'ok';
  const sources = { squeue: has('squeue'), scontrol: has('scontrol'), sacct: isAccounting };
  // A controller or database that is just starting says nothing about the site.
  if (!accounts || isAccounting || accounts.fault.kind === 'absent') memory.write(host.name, sources);
  return sources;
}

/** `said`: by a program of it that is there and does not work, as where only its packages are installed. */
export function noSlurm(host: Host, said?: string): EnvironmentError {
  const where = host.isLocal ? 'on this machine' : `on ${host.name}`;
  if (said !== undefined) {
    return new EnvironmentError(`Slurm is not set up ${where}: ${said}`, {
      hint: 'Without it: --scheduler none on a host, or run',
    });
  }
  return new EnvironmentError(`there is no Slurm ${where}: neither squeue, scontrol nor sacct is found`, {
    hint: host.isLocal
      ? 'On another host: --host user@host'
      : 'Its programs have to be on PATH for commands through SSH too',
  });
}
