/** Calls of Slurm's programs on a host. */
import { HostError } from '../../../errors/host-error.js';
import type { Host } from '../../remote/host.js';
import { type SlurmFault, slurmFault } from './faults.js';

export type SlurmAnswer =
  | { readonly kind: 'ok'; readonly stdout: string; readonly stderr: string }
  | { readonly kind: 'fault'; readonly fault: SlurmFault };

export interface SlurmCallOptions {
  readonly input?: string;
  readonly cwd?: string;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** Slurm's programs give up by themselves; one that does not hangs on something that is broken. */
const patienceMs = 120_000;

/** Variables that change what the programs print or choose, apart from those that options of theirs override. */
const disturbing = [
  'SLURM_BITSTR_LEN',
  'SQUEUE_ARRAY',
  'SQUEUE_SORT',
  'SQUEUE_PARTITION',
  'SQUEUE_ACCOUNT',
  'SQUEUE_QOS',
  'SQUEUE_NAMES',
  'SQUEUE_LICENSES',
  'SACCT_FEDERATION',
  'SQUEUE_FEDERATION',
];

/** Times are printed as seconds since 1970: zones of hosts differ. Lists of tasks are printed whole. */
const environment = { LC_ALL: 'C', SLURM_TIME_FORMAT: '%s' };

export async function callSlurm(
  host: Host,
  argv: readonly string[],
  { timeoutMs = patienceMs, ...options }: SlurmCallOptions = {},
): Promise<SlurmAnswer> {
  const clean = ['env', ...disturbing.flatMap((name) => ['-u', name]), 'SLURM_BITSTR_LEN=0', ...argv];
  try {
    const { code, signal, stdout, stderr, isTimeout } = await host.run(clean, {
      ...options,
      timeoutMs,
      environment,
    });
    if (code === 0) return { kind: 'ok', stdout, stderr };
    if (isTimeout || (signal !== undefined && !options.signal?.aborted)) {
      const message = isTimeout ? `${argv[0]} did not answer` : `${argv[0]} was ended by ${signal}`;
      return { kind: 'fault', fault: { kind: 'transient', message, isUnsure: true } };
    }
    // As `env` says it, and a shell on the way to another host.
    if (code === 127) return { kind: 'fault', fault: { kind: 'absent', message: `there is no ${argv[0]}` } };
    return { kind: 'fault', fault: slurmFault(stderr || stdout) };
  } catch (error) {
    if (error instanceof HostError && error.fault === 'lost') {
      return { kind: 'fault', fault: { kind: 'transient', message: error.message, isUnsure: true } };
    }
    throw error;
  }
}
