/** A local worker: this program again, as a child that speaks framed bytes over its standard input and output. */
import { spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { EnvironmentError } from '../errors/environment-error.js';
import type { Guardian } from './guardian.js';
import { carryingLauncher } from './launcher-environment.js';
import { readLines } from './lines.js';

export interface WorkerOptions {
  /** File that Node runs: the program's entry. */
  readonly entry: string;
  /** Arguments behind the entry, such as `worker-stdio`. */
  readonly args: readonly string[];
  readonly guardian: Guardian;
  /** Variables on top of this process's own. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Flags of Node itself, such as `--expose-gc`. */
  readonly nodeFlags?: readonly string[];
  /** A line that the worker, or a library in it, wrote to its standard error. */
  onErrorLine(line: string): void;
}

export interface WorkerEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface WorkerProcess {
  readonly pid: number;
  /** To the worker's standard input; closing it asks the worker to end. */
  readonly input: Writable;
  readonly output: Readable;
  /** Settles when the process has ended and its output is read; never rejects. */
  readonly ended: Promise<WorkerEnd>;
  /** Ends the worker and everything in its process group: TERM, and KILL after `graceMs`. */
  kill(graceMs?: number): void;
}

/**
 * Starts a worker in a session of its own, so that a terminal's Ctrl+C reaches the starter alone.
 * Throws EnvironmentError when the process cannot be started.
 */
export function spawnWorker(options: WorkerOptions): WorkerProcess {
  const { entry, args, guardian, environment, nodeFlags, onErrorLine } = options;
  const child = spawn(process.execPath, [...(nodeFlags ?? []), entry, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    env: { ...carryingLauncher(process.env), ...environment },
  });
  const { pid } = child;
  // Writing to a worker that has just died is not an error of the run: its end is told by `ended`.
  child.stdin.on('error', () => {});
  child.stdout.on('error', () => {});
  if (pid === undefined) {
    child.on('error', () => {});
    throw new EnvironmentError(`cannot start a worker process: ${process.execPath} ${entry}`, {
      hint: 'The limit of processes (ulimit -u) or of memory may be reached',
    });
  }
  guardian.watch(pid);
  readLines(child.stderr, onErrorLine);
  let killTimer: NodeJS.Timeout | undefined;
  const ended = new Promise<WorkerEnd>((resolve) => {
    child.on('close', (code, signal) => {
      clearTimeout(killTimer);
      guardian.release(pid);
      resolve({ code, signal });
    });
    child.on('error', () => {});
  });
  return {
    pid,
    input: child.stdin,
    output: child.stdout,
    ended,
    kill: (graceMs = 0) => {
      signalGroup(pid, graceMs > 0 ? 'SIGTERM' : 'SIGKILL');
      if (graceMs > 0) killTimer ??= setTimeout(() => signalGroup(pid, 'SIGKILL'), graceMs);
    },
  };
}

/** Sends to a whole process group; one that is gone is what was wanted. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
