/** What tells one process from every other, on this machine and over reboots. */
import { readdirSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { isOver, type SlurmJob, slurmJobOf } from './node/slurm-job.js';

export interface ProcessIdentity {
  readonly host: string;
  readonly pid: number;
  /** Changes with each boot; empty where the system does not tell. */
  readonly bootId: string;
  /** Start of the process in clock ticks since boot, so that a reused process number is noticed; empty if unknown. */
  readonly startTime: string;
  /** The Slurm job that it belongs to. */
  readonly job?: SlurmJob;
}

export function thisProcess(): ProcessIdentity {
  const job = slurmJobOf(process.env);
  return {
    ...{ host: hostname(), pid: process.pid, bootId: bootId(), startTime: startTimeOf(process.pid) },
    ...(job && { job }),
  };
}

/** Whether a process runs; `unknown` for one on another host, unless Slurm knows that its job is over. */
export function whetherAlive(owner: ProcessIdentity): 'alive' | 'dead' | 'unknown' {
  if (owner.host !== hostname()) return owner.job && isOver(owner.job) ? 'dead' : 'unknown';
  if (owner.bootId !== bootId()) return 'dead';
  if (!answers(owner.pid) || isZombie(owner.pid)) return 'dead';
  return owner.startTime === startTimeOf(owner.pid) ? 'alive' : 'dead';
}

function answers(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user may not be signalled, but it is there.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function bootId(): string {
  return readIfThere('/proc/sys/kernel/random/boot_id').trim();
}

/**
 * A process that has ended and that nobody has asked for its exit code, as happens to ranks whose launcher was killed.
 * While it has other threads it has not ended: one may be in a write that even SIGKILL cannot cut.
 */
function isZombie(pid: number): boolean {
  return statFields(pid)[0] === 'Z' && threadCount(pid) <= 1;
}

function threadCount(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/task`).length;
  } catch {
    return 0;
  }
}

function startTimeOf(pid: number): string {
  return statFields(pid)[19] ?? '';
}

/** Fields 3, 4, … of proc(5) stat; the name in field 2 may contain spaces and brackets, so they are counted from its end. */
function statFields(pid: number): string[] {
  const stat = readIfThere(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
