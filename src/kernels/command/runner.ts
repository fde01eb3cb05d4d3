/** Runs commands one at a time at one rank, with all that they need around them. */
import { rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Guardian, guardMark, startGuardian } from '../../process/guardian/guardian.js';
import { scratchBase } from '../../process/scratch.js';
import type { CommandStarter } from '../../process/spawn/command.js';
import { withLauncher, withoutLauncher } from '../../process/spawn/launcher-environment.js';
import {
  type CommandLimits,
  type CommandOutcome,
  commandStarter,
  startCommand,
} from '../../process/spawn/run-command.js';
import { startList } from '../../process/spawn/run-list.js';
import { temporaryFolder } from '../../process/temporary.js';
import { OutputWriter } from '../../store/kept-output.js';
import type { CommandFolder, CommandSource } from '../../study/command/source.js';
import { Capture } from './capture.js';
import type { Invocation } from './invocation.js';
import { RemoteCommands } from './remote-commands.js';

export interface RunnerOptions {
  readonly source: CommandSource;
  readonly timeoutMs: number;
  /** Run directory that keeps what commands print, and the fingerprint of its study. */
  readonly runDir: string;
  readonly fingerprint: string;
}

/** From TERM to KILL. A command can be an mpirun, which needs two seconds to take its ranks along. */
const graceMs = 5_000;

export class CommandRunner {
  /** What the last command printed, until `clear`. */
  readonly capture: Capture;
  /** Absent where the run directory cannot be reached. */
  readonly writer: OutputWriter | undefined;
  readonly #options: RunnerOptions;
  readonly #guardian: Guardian;
  readonly #starter: CommandStarter;
  readonly #limits: CommandLimits;
  readonly #remote: RemoteCommands | undefined;
  /** Local folder of this process, for what commands read as standard input. */
  readonly #folder: string;
  #stdin: string | undefined;

  constructor(options: RunnerOptions) {
    const { source, runDir, fingerprint } = options;
    this.#options = options;
    this.#limits = { timeoutMs: options.timeoutMs, graceMs, onRunning: (group) => this.#watch(group) };
    this.#folder = temporaryFolder('commands', scratchBase());
    const mark = `${process.pid}-${Date.now().toString(36)}`;
    this.#guardian = startGuardian();
    this.#guardian.watchMarked(mark);
    this.capture = new Capture(this.#folder);
    this.writer = OutputWriter.open(runDir, fingerprint);
    this.#remote =
      source.host === undefined
        ? undefined
        : new RemoteCommands(source.host, source.cwd, this.capture, runDir);
    const { stdout, stderr } = this.capture;
    const own = source.keepsLauncher ? withLauncher(process.env) : withoutLauncher(process.env);
    this.#starter = commandStarter({
      stdout: stdout.descriptor,
      stderr: stderr.descriptor,
      environment: { ...defined(own), ...guardMark(mark), SHOAL_STUDY_DIR: source.path },
    });
  }

  /** One after the other: what a command printed is to be taken, and `clear` called, before the next. */
  run(invocation: Invocation, scratch: () => string): CommandOutcome | Promise<CommandOutcome> {
    const { source, timeoutMs } = this.#options;
    if (this.#remote) {
      return this.#remote.run(invocation, { timeoutMs, graceMs }).then((outcome) => this.#ended(outcome));
    }
    const { path, cwd } = source;
    const outcome = this.#start(invocation, folderOf(path, cwd) ?? scratch());
    return outcome instanceof Promise
      ? outcome.then((settled) => this.#ended(settled))
      : this.#ended(outcome);
  }

  clear(): void {
    this.capture.clear();
  }

  close(): void {
    this.#guardian.releaseMarked();
    this.#guardian.close();
    this.#starter.close();
    this.#remote?.close();
    this.capture.close();
    this.writer?.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #start(invocation: Invocation, cwd: string): CommandOutcome | Promise<CommandOutcome> {
    const { argv, steps, variables, stdin } = invocation;
    const common = { variables, cwd, stdin: this.#inputFile(stdin) };
    // Of several commands each reads on where the one before has stopped, for which they need the shell.
    const isList = steps && (steps.length === 1 || stdin === undefined);
    return isList && this.#starter.canRunLists
      ? startList(this.#starter, steps, common, this.#limits)
      : startCommand(this.#starter, { ...common, argv }, this.#limits);
  }

  #ended(outcome: CommandOutcome): CommandOutcome {
    this.capture.stdout.measure();
    this.capture.stderr.measure();
    return outcome;
  }

  /** Without /proc the guardian cannot find processes by their mark. */
  #watch(group: number): void {
    if (process.platform !== 'linux') this.#guardian.watch(group);
  }

  #inputFile(text: string | undefined): string {
    if (text === undefined) return '/dev/null';
    const path = join(this.#folder, 'stdin');
    if (text !== this.#stdin) writeFileSync(path, text);
    this.#stdin = text;
    return path;
  }
}

/** The folder that commands run in; undefined where each has its own. */
export function folderOf(home: string, cwd: CommandFolder): string | undefined {
  switch (cwd.kind) {
    case 'home':
      return home;
    case 'folder':
      return resolve(home, cwd.folder);
    case 'scratch':
      return undefined;
    default:
      return cwd satisfies never;
  }
}

function defined(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
