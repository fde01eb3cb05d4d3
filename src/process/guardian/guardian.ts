/** Ends children when their starter dies, however it dies: a process that holds a pipe from the starter. */
import { spawn } from 'node:child_process';
import { EnvironmentError } from '../../errors/environment-error.js';
import { guardianScript } from './guardian-script.js';

export interface Guardian {
  /** From now on the session that `pid` leads ends with this process. */
  watch(pid: number): void;
  /** The session has ended by itself; its number may be somebody else's soon. */
  release(pid: number): void;
  /**
   * From now on every process whose environment has `mark` somewhere ends with this process: what it starts with
   * `guardMark(mark)`, and what these start. `mark` is a word that nothing else has. For Linux.
   */
  watchMarked(mark: string): void;
  /** A folder that is removed, with all that is in it, when everybody who was watched has ended; one at a time. */
  ownFolder(path: string): void;
  /** Marked processes are left alone again. */
  releaseMarked(): void;
  /** Ends what is still watched, TERM first and KILL after the grace. Idempotent. */
  close(): void;
  /** Resolves after `close`, once all that was watched has ended. Keeps this process alive until then. */
  ended(): Promise<void>;
}

/** The variable that marks processes for the guardian. */
export function guardMark(mark: string): Readonly<Record<string, string>> {
  return { SHOAL_GUARD: mark };
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
  const ended = new Promise<void>((resolve) => {
    child.on('exit', () => resolve());
  });
  child.unref();
  (child.stdin as unknown as { unref(): void }).unref();
  let isClosed = false;
  const tell = (line: string): void => {
    if (isClosed) throw new Error('guardian is closed');
    child.stdin.write(`${line}\n`);
  };
  return {
    watch: (pid) => tell(`add ${pid}`),
    release: (pid) => {
      if (!isClosed) tell(`del ${pid}`);
    },
    watchMarked: (mark) => {
      if (!/^[\w-]+$/.test(mark)) throw new TypeError(`expected a word as mark, got '${mark}'`);
      tell(`mark ${mark}`);
    },
    ownFolder: (path) => {
      if (path.includes('\n')) throw new TypeError(`expected a path of one line, got '${path}'`);
      tell(`own ${path}`);
    },
    releaseMarked: () => {
      if (!isClosed) tell('unmark');
    },
    close: () => {
      if (isClosed) return;
      isClosed = true;
      child.stdin.end();
    },
    ended: () => {
      child.ref();
      return ended;
    },
  };
}
