/** Ends children when their starter dies, however it dies: a process that holds a pipe from the starter. */
import { spawn } from 'node:child_process';
import { EnvironmentError } from '../errors/environment-error.js';
import { guardianScript } from './guardian-script.js';

export interface Guardian {
  /** From now on the session that `pid` leads ends with this process. */
  watch(pid: number): void;
  /** The session has ended by itself; its number may be somebody else's soon. */
  release(pid: number): void;
  /** Ends what is still watched, TERM first and KILL after the grace. Idempotent. */
  close(): void;
}

/** Time between TERM and KILL. mpirun needs two seconds to take its ranks along. */
const graceMs = 4_000;

/**
 * Starts the guardian of this process. One is enough for any number of children.
 * Throws EnvironmentError where no shell can be started.
 */
export function startGuardian(): Guardian {
  const child = spawn('/bin/sh', ['-c', guardianScript(graceMs)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin' },
  });
  // A guardian that is gone cannot be told anything; its pipe's error must not end the run.
  child.stdin.on('error', () => {});
  child.on('error', () => {});
  if (child.pid === undefined) {
    throw new EnvironmentError('cannot start /bin/sh, which ends child processes when this one dies');
  }
  child.unref();
  (child.stdin as unknown as { unref(): void }).unref();
  let isClosed = false;
  return {
    watch: (pid) => {
      if (isClosed) throw new Error('guardian is closed');
      child.stdin.write(`add ${pid}\n`);
    },
    release: (pid) => {
      if (!isClosed) child.stdin.write(`del ${pid}\n`);
    },
    close: () => {
      if (isClosed) return;
      isClosed = true;
      child.stdin.end();
    },
  };
}
