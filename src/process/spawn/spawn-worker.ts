/** A local worker: this program again, as a child that speaks framed bytes over its standard input and output. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { EnvironmentError } from '../../errors/environment-error.js';
import type { Household } from '../guardian/household.js';
import { membersOf, signalAll } from '../guardian/process-list.js';
import type { Carrier } from './carrier.js';
import { carryingLauncher } from './launcher-environment.js';
import { readLines } from './lines.js';

export interface WorkerOptions {
  /** File that Node runs: the program's entry. */
  readonly entry: string;
  /** Arguments behind the entry, such as `worker-stdio`. */
  readonly args: readonly string[];
  readonly household: Household;
  /** Brings it to another host; it is a process of this one where absent. */
  readonly carrier?: Carrier | undefined;
  /** Variables on top of this process's own. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Flags of Node itself, such as `--expose-gc`. */
  readonly nodeFlags?: readonly string[];
  /** An open file that the worker gets as its descriptor 3. */
  readonly descriptor?: number;
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
  /** The descriptor that `output` reads, for who cannot wait for the event loop; undefined where it does not tell. */
  readonly outputDescriptor: number | undefined;
  /** Settles when the process has ended and its output is read; never rejects. */
  readonly ended: Promise<WorkerEnd>;
  /** Ends the worker and everything that it has started: TERM, and KILL after `graceMs`. */
  kill(graceMs?: number): void;
  /**
   * Ends what the worker has started and left behind, wherever it moved: TERM, and KILL after a grace. After the end of
   * the worker; without this it is the guardian's affair, later.
   */
  sweep(): Promise<void>;
}

/** Somebody whom the worker started can hold its pipes open; after this time nothing of the worker's own comes. */
const drainMs = 1_000;

/** From TERM to KILL for what a dead worker leaves behind: mpirun needs this to take its ranks along. */
const sweepGraceMs = 3_000;

const lookMs = 100;

let started = 0;

/**
 * Starts a worker in a session of its own, so that a terminal's Ctrl+C reaches the starter alone.
 * Throws EnvironmentError when the process cannot be started.
 */
export function spawnWorker(options: WorkerOptions): WorkerProcess {
  const { entry, args, household, carrier, environment, nodeFlags, descriptor, onErrorLine } = options;
  const { guardian } = household;
  const mark = `${household.mark}.${++started}.`;
  const argv = [process.execPath, ...(nodeFlags ?? []), entry, ...args] as const;
  const [program, ...words] = carrier
    ? carrier.carry({ argv, environment: { ...environment, SHOAL_WORKER_MARK: mark }, cwd: process.cwd() })
    : argv;
  const child = spawn(program, words, {
    stdio: ['pipe', 'pipe', 'pipe', ...(descriptor === undefined ? [] : [descriptor])],
    detached: true,
    env: { ...carryingLauncher(process.env), ...environment, SHOAL_WORKER_MARK: mark },
  }) as ChildProcess & { stdin: Writable; stdout: Readable; stderr: Readable };
  const { pid } = child;
  // Writing to a worker that has just died is not an error of the run: its end is told by `ended`.
  child.stdin.on('error', () => {});
  child.stdout.on('error', () => {});
  child.on('error', () => {});
  if (pid === undefined) {
    throw new EnvironmentError(
      `cannot start a worker process: ${program} ${carrier ? carrier.host : entry}`,
      {
        hint: 'The limit of processes (ulimit -u) or of memory may be reached',
      },
    );
  }
  guardian.watch(pid);
  readLines(child.stderr, onErrorLine);
  let killTimer: NodeJS.Timeout | undefined;
  const gone = new Promise<WorkerEnd>((resolve) => {
    child.on('exit', (code, signal) => {
      clearTimeout(killTimer);
      resolve({ code, signal });
    });
  });
  const closed = new Promise<void>((resolve) => child.on('close', () => resolve()));
  const ended = gone.then(async (end) => {
    guardian.release(pid);
    await Promise.race([closed, after(drainMs)]);
    child.stdout.destroy();
    return end;
  });
  return {
    pid,
    input: child.stdin,
    output: child.stdout,
    outputDescriptor: descriptorOf(child.stdout),
    ended,
    sweep: () => sweep(pid, mark),
    kill: (graceMs = 0) => {
      signalGroup(pid, graceMs > 0 ? 'SIGTERM' : 'SIGKILL');
      if (graceMs > 0) killTimer ??= setTimeout(() => signalGroup(pid, 'SIGKILL'), graceMs);
    },
  };
}

/** Node has no public name for it. */
function descriptorOf(stream: Readable): number | undefined {
  const { _handle: handle } = stream as Readable & { readonly _handle?: { readonly fd?: number } | null };
  return handle?.fd !== undefined && handle.fd >= 0 ? handle.fd : undefined;
}

/** Each gets TERM once; what is still there after the grace gets KILL. Two looks must find nothing. */
async function sweep(session: number, mark: string): Promise<void> {
  const told = new Set<number>();
  const endMs = performance.now() + sweepGraceMs;
  for (let empty = 0; empty < 2; await after(lookMs)) {
    const members = membersOf(session, mark);
    empty = members.length === 0 ? empty + 1 : 0;
    if (performance.now() > endMs) {
      signalAll(members, 'SIGKILL');
      // What even this does not end waits in the kernel for a file system.
      if (performance.now() > endMs + sweepGraceMs) return;
    } else {
      const fresh = members.filter((pid) => !told.has(pid));
      signalAll(fresh, 'SIGTERM');
      for (const pid of fresh) told.add(pid);
    }
  }
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/** Sends to a whole process group; one that is gone is what was wanted. */
function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
