/** Runs programs one at a time at one worker: an empty folder each, limits, and nothing left behind. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Capture } from '../../../kernels/command/capture.js';
import type { CommandStarter } from '../../../process/command.js';
import { type Guardian, guardMark, startGuardian } from '../../../process/guardian.js';
import { withoutLauncher } from '../../../process/launcher-environment.js';
import { type CommandOutcome, commandStarter, startCommand } from '../../../process/run-command.js';
import { scratchBase } from '../../../process/scratch.js';
import { temporaryFolder } from '../../../process/temporary.js';
import { ProgramFailure } from './failure.js';
import type { Allotment, Calculation, Computed, Program } from './program.js';

export interface ProgramRun extends Computed {
  /** What the program was asked, as it was written for it. */
  readonly input: string;
}

/** From TERM to KILL. */
const graceMs = 2_000;
/** Results are looked for in this much of what was printed, from its end. */
const searchedBytes = 64 * 1024 * 1024;
const tailBytes = 4 * 1024;

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

  /**
   * Rejects with ProgramFailure, whose stack ends with what the program printed last. `scratch` is an empty folder, to be
   * removed by its owner. One call at a time.
   */
  async run(
    program: Program,
    calculation: Calculation,
    allotment: Allotment,
    { scratch, timeoutMs }: { readonly scratch: string; readonly timeoutMs: number },
  ): Promise<ProgramRun> {
    const { argv, files, input, variables, stdin } = program.prepare(calculation, allotment);
    mkdirSync(scratch, { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(scratch, name), text);
    this.#capture.clear();
    const outcome = await startCommand(
      this.#starter,
      { argv, variables, cwd: scratch, stdin: stdin === undefined ? '/dev/null' : join(scratch, stdin) },
      { timeoutMs, graceMs },
    );
    const { stdout, stderr } = this.#capture;
    stdout.measure();
    stderr.measure();
    try {
      requireStarted(outcome, argv[0] as string, timeoutMs);
      const computed = program.parse(calculation, {
        exitCode: outcome.end.kind === 'exited' ? outcome.end.code : noExitCode,
        ...{ stdout: stdout.tail(searchedBytes), stderr: stderr.tail(searchedBytes) },
        file: (name) => contentOf(join(scratch, name)),
      });
      return { ...computed, input: files[input] ?? '' };
    } catch (error) {
      throw withTail(
        withSignal(error, outcome, argv[0] as string),
        stdout.tail(tailBytes),
        stderr.tail(tailBytes),
      );
    } finally {
      this.#capture.clear();
    }
  }

  close(): void {
    this.#guardian.releaseMarked();
    this.#guardian.close();
    this.#starter.close();
    this.#capture.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** No program's own, so that parsers see a failure in it. */
const noExitCode = -1;

/** What was never started, and what was ended for its time, left nothing to parse. */
function requireStarted({ end, isTimeout }: CommandOutcome, program: string, timeoutMs: number): void {
  if (isTimeout) {
    throw new ProgramFailure('Timeout', `${program} took longer than ${timeoutMs / 1000} s`);
  }
  if (end.kind !== 'unstartable') return;
  throw new ProgramFailure(
    'ProgramMissing',
    end.error === 'ENOENT'
      ? `there is no program ${program} on this host`
      : `${program} cannot be started: ${end.error}`,
  );
}

/** A program that crashes may have said before what went wrong. */
function withSignal(error: unknown, { end, isTimeout }: CommandOutcome, program: string): unknown {
  if (isTimeout || end.kind !== 'signalled' || !(error instanceof ProgramFailure)) return error;
  if (error.type === 'NotConverged') return error;
  return new ProgramFailure('Signal', `${program} was ended by ${end.signal}: ${error.message}`);
}

function contentOf(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

/** The stack of a failure says nothing of the program; what it printed last does. */
function withTail(error: unknown, stdout: string, stderr: string): unknown {
  if (!(error instanceof ProgramFailure)) return error;
  const parts = [`${error.type}: ${error.message}`];
  if (stderr.trim() !== '') parts.push('End of its standard error:', stderr.trimEnd());
  if (stdout.trim() !== '') parts.push('End of its output:', stdout.trimEnd());
  error.stack = parts.join('\n');
  return error;
}
