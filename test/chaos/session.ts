/** One start of the program, whose processes can be killed one by one and are all counted. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { dirname } from 'node:path';
import { eventually } from '../process/marked.js';
import { isThere, processesOf, type Role, type RunProcess } from './processes.js';
import { notedCount, notesIn } from './study.js';
import type { Start } from './transports.js';

export interface SessionEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Longer than any run here takes on a busy machine: who needs more hangs. */
const endLimitMs = 240_000;

/** The guardian gives processes four seconds between TERM and KILL. */
const orphanLimitMs = 60_000;

/** How long it takes at most until everything has been read that an ended program wrote. */
const openPipesMs = 1_000;

export class Session {
  readonly child: ChildProcess;
  /** File in which the kernel notes each case that it begins. */
  readonly notes: string;
  readonly #mark = randomUUID();
  readonly #seen = new Map<string, RunProcess>();
  readonly #ended: Promise<SessionEnd>;
  #hasEnded = false;
  #stderr = '';

  constructor({ program, args, environment }: Start, options: { cwd: string; notes: string }) {
    this.notes = options.notes;
    this.child = spawn(program, args, {
      cwd: options.cwd,
      env: {
        ...environment,
        ...notesIn(options.notes),
        ...temporaryIn(dirname(options.notes)),
        SHOAL_TEST_MARK: this.#mark,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    this.child.stdout?.on('data', (text) => {
      stdout += text;
    });
    this.child.stderr?.on('data', (text) => {
      this.#stderr += text;
    });
    this.#ended = new Promise((resolve, reject) => {
      this.child.on('error', reject);
      this.child.on('exit', (code, signal) => {
        this.#hasEnded = true;
        const end = (): void => resolve({ code, signal, stdout, stderr: this.#stderr });
        this.child.on('close', end);
        // What outlives the program may hold its pipes open.
        setTimeout(end, openPipesMs);
      });
    });
  }

  /** Of processes that belong to this session though others start them. */
  environment(): NodeJS.ProcessEnv {
    return { ...notesIn(this.notes), SHOAL_TEST_MARK: this.#mark };
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Everything that runs for this session at this moment. */
  processes(): RunProcess[] {
    const now = processesOf(this.#mark, this.child.pid!);
    for (const process of now) this.#seen.set(`${process.pid} ${process.startTime}`, process);
    return now;
  }

  with(role: Role): RunProcess[] {
    return this.processes().filter((process) => process.role === role);
  }

  /** Resolves when the kernel has begun this many cases, or the session has ended. */
  async begun(cases: number): Promise<void> {
    await eventually(() => this.#hasEnded || notedCount(this.notes) >= cases, endLimitMs);
  }

  /** Resolves when there is a process of this role, or the session has ended. */
  async has(role: Role): Promise<void> {
    await eventually(() => this.#hasEnded || this.with(role).length > 0, endLimitMs);
  }

  /** Resolves when this stands in its standard error, or the session has ended. */
  async said(pattern: RegExp): Promise<void> {
    await eventually(() => this.#hasEnded || pattern.test(this.#stderr), endLimitMs);
  }

  /** Throws when the session does not end. */
  async end(): Promise<SessionEnd> {
    let timer: NodeJS.Timeout | undefined;
    const hung = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`the program did not end:\n${this.#list()}`)), endLimitMs);
    });
    try {
      return await Promise.race([this.#ended, hung]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Processes of this session that stay behind it; they are killed then. */
  async orphans(): Promise<RunProcess[]> {
    const remaining = (): RunProcess[] => {
      this.processes();
      return [...this.#seen.values()].filter(isThere);
    };
    await eventually(() => remaining().length === 0, orphanLimitMs);
    const orphans = remaining();
    for (const { pid } of orphans) signal(pid, 'SIGKILL');
    return orphans;
  }

  /** Ends whatever a failed test has left running. */
  dispose(): void {
    for (const { pid } of this.processes()) signal(pid, 'SIGKILL');
  }

  #list(): string {
    return this.processes()
      .map(({ pid, role }) => `${pid} ${role}`)
      .join('\n');
  }
}

/** What killed processes leave behind in files goes with the folder of the test. */
export function temporaryIn(folder: string): NodeJS.ProcessEnv {
  return { TMPDIR: folder, OMPI_MCA_btl_vader_backing_directory: folder };
}

/** A process that has ended by itself in the meantime is no error. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    process.kill(pid, name);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}
