/** Runs programs one at a time at one worker: a folder with files each, a time limit, and nothing left behind. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Guardian, guardMark, startGuardian } from '../../process/guardian/guardian.js';
import { threadEnvironment } from '../../process/node/share.js';
import { scratchBase } from '../../process/scratch.js';
import type { CommandStarter } from '../../process/spawn/command.js';
import { withoutLauncher } from '../../process/spawn/launcher-environment.js';
import { type CommandOutcome, commandStarter, startCommand } from '../../process/spawn/run-command.js';
import { temporaryFolder } from '../../process/temporary.js';
import { Capture } from '../command/capture.js';

export interface ProgramCall {
  readonly argv: readonly string[];
  /** Files to write into the folder where it runs, by their names there. */
  readonly files: Readonly<Record<string, string>>;
  readonly variables: Readonly<Record<string, string>>;
  /** Threads that the libraries in it may have, where `variables` say nothing else. */
  readonly threads: number;
  /** Name of a file that it reads as standard input. */
  readonly stdin?: string;
}

/** What a program left behind. */
export interface ProgramRemains {
  readonly outcome: CommandOutcome;
  readonly stdout: string;
  readonly stderr: string;
  /** Content of a file in its folder; undefined where there is none. */
  file(name: string): Buffer | undefined;
}

export interface CallLimits {
  /** An empty folder, to be removed by its owner. */
  readonly scratch: string;
  readonly timeoutMs: number;
}

/** From TERM to KILL. */
const graceMs = 2_000;
/** Results are looked for in this much of what was printed, from its end. */
const searchedBytes = 64 * 1024 * 1024;

export class ProgramRunner {
  readonly #folder: string;
  readonly #guardian: Guardian;
  readonly #capture: Capture;
  readonly #starter: CommandStarter;

  constructor() {
    this.#folder = temporaryFolder('programs', scratchBase());
    const mark = `${process.pid}-${Date.now().toString(36)}p`;
    this.#guardian = startGuardian();
    this.#guardian.watchMarked(mark);
    this.#capture = new Capture(this.#folder);
    const own = Object.entries(withoutLauncher(process.env)).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    );
    this.#starter = commandStarter({
      stdout: this.#capture.stdout.descriptor,
      stderr: this.#capture.stderr.descriptor,
      environment: { ...Object.fromEntries(own), ...guardMark(mark) },
    });
  }

  /** One call at a time. Never rejects for what the program does. */
  async run(
    { argv, files, variables: own, threads, stdin }: ProgramCall,
    { scratch, timeoutMs }: CallLimits,
  ): Promise<ProgramRemains> {
    mkdirSync(scratch, { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(scratch, name), text);
    const { stdout, stderr } = this.#capture;
    const variables = { ...threadEnvironment(threads), ...own };
    const outcome = await startCommand(
      this.#starter,
      { argv, variables, cwd: scratch, stdin: stdin === undefined ? '/dev/null' : join(scratch, stdin) },
      { timeoutMs, graceMs },
    );
    stdout.measure();
    stderr.measure();
    const printed = { stdout: stdout.tail(searchedBytes), stderr: stderr.tail(searchedBytes) };
    this.#capture.clear();
    return { outcome, ...printed, file: (name) => contentOf(join(scratch, name)) };
  }

  close(): void {
    this.#guardian.releaseMarked();
    this.#guardian.close();
    this.#starter.close();
    this.#capture.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function contentOf(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
