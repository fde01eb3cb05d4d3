/** Runs of one file of a domain in run directories of their own, as a user starts them, to be held against each other. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { InputError } from '../../errors/input-error.js';
import { listenForStop, type StopSignals } from '../../process/signals.js';
import { withoutLauncher } from '../../process/spawn/launcher-environment.js';
import { temporaryFolder } from '../../process/temporary.js';
import { resultsOf } from '../../results/results.js';
import { solverRows } from '../../results/solver-rows.js';
import { readRunDirectory } from '../../store/run-directory.js';
import type { RunNumbers, SolverRun } from '../../study/solver.js';
import { type Arguments, hasFlag, positional, textOption, variableOf } from '../command.js';
import type { CommandContext } from '../context.js';
import { interruptedCode } from '../failure.js';
import { executionOptions } from '../options/execution-options.js';
import { parallelOptions } from './trial-options.js';

export interface Trial {
  readonly kind: 'ended';
  readonly ranks: number;
  /** From the start of the command to its end. */
  readonly seconds: number;
  /** That programs took for their cases, all together. */
  readonly caseSeconds: number;
  readonly study: string;
  readonly cases: number;
  readonly failed: number;
  /** First failure in words. */
  readonly failure?: string;
  readonly numbers: readonly RunNumbers[];
}

/** The run ended without results, and has said why; or it was stopped. */
export interface NoTrial {
  readonly kind: 'none';
  readonly code: number;
}

/** What the summary of a run says as JSON, as far as it is used here. */
interface RunSummary {
  readonly study: string;
  readonly total: number;
  readonly failed: number;
  readonly state: 'completed' | 'interrupted';
  readonly failures: readonly { readonly type: string; readonly message: string }[];
  readonly statistics: { readonly taskTimeMs: number };
}

export class Trials {
  readonly #solverRun: SolverRun;
  readonly #args: Arguments;
  readonly #context: CommandContext;
  readonly #folder: string;
  readonly #isKept: boolean;
  readonly #signals: StopSignals;
  #isClosed = false;

  /** Throws InputError for a folder that has something in it. */
  constructor(solverRun: SolverRun, args: Arguments, context: CommandContext) {
    this.#solverRun = solverRun;
    this.#args = args;
    this.#context = context;
    const asked = textOption(args, 'run-dir');
    this.#isKept = asked !== undefined;
    this.#folder = asked === undefined ? temporaryFolder('trial') : resolve(context.cwd, asked);
    if (existsSync(this.#folder) && readdirSync(this.#folder).length > 0) {
      throw new InputError('--run-dir has something in it', {
        expected: 'a folder that is new or empty: runs that go on with others take other times',
        given: asked as string,
      });
    }
    this.#signals = listenForStop();
  }

  /** A run directory of its own in the folder of all; `sequential`: on this machine, one case after the other. */
  async run(name: string, ranks: number | 'sequential'): Promise<Trial | NoTrial> {
    const runDir = join(this.#folder, name);
    const words = [...this.#solverRun.name.split(' '), positional(this.#args, 'INPUT')];
    const count = ranks === 'sequential' ? 1 : ranks;
    const own = ranks === 'sequential' ? ['--launcher=local'] : this.#optionWords(parallelOptions);
    const started = performance.now();
    const { code, stdout } = await this.start(
      [
        ...[...this.#context.self, ...words, '--json', `--ranks=${count}`, `--run-dir=${runDir}`],
        ...[
          ...own,
          ...this.#optionWords(executionOptions),
          ...(hasFlag(this.#args, 'quiet') ? ['--quiet'] : []),
        ],
      ],
      ranks === 'sequential' ? this.#sequentialEnvironment() : this.#context.environment,
    );
    const seconds = (performance.now() - started) / 1000;
    if (this.#signals.stop.aborted) return { kind: 'none', code: interruptedCode };
    const summary = summaryIn(stdout);
    if (!summary || summary.state === 'interrupted') return { kind: 'none', code: code || 1 };
    const [failure] = summary.failures;
    return {
      ...{ kind: 'ended', ranks: count, seconds, caseSeconds: summary.statistics.taskTimeMs / 1000 },
      ...{ study: summary.study, cases: summary.total, failed: summary.failed },
      ...(failure && { failure: `${failure.type}: ${failure.message}` }),
      numbers: [...this.#numbersIn(runDir)],
    };
  }

  /** Runs a command to its end; it ends with us. */
  async start(
    [program = '', ...argv]: readonly string[],
    environment: NodeJS.ProcessEnv,
    cwd = this.#context.cwd,
  ): Promise<{ readonly code: number; readonly stdout: string }> {
    const child = spawn(program, argv, {
      ...{ cwd, env: withoutLauncher(environment) },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    return { stdout: await this.#textOf(child), code: child.exitCode ?? 1 };
  }

  /** A new folder beside those of the runs. */
  folder(name: string): string {
    return join(this.#folder, name);
  }

  get isStopped(): boolean {
    return this.#signals.stop.aborted;
  }

  /** Idempotent. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#signals.close();
    if (!this.#isKept) rmSync(this.#folder, { recursive: true, force: true });
  }

  async #textOf(child: ChildProcess): Promise<string> {
    const end = (): void => {
      child.kill('SIGTERM');
    };
    const { stop } = this.#signals;
    if (stop.aborted) end();
    stop.addEventListener('abort', end, { once: true });
    const parts: Buffer[] = [];
    child.stdout?.on('data', (part: Buffer) => parts.push(part));
    try {
      await once(child, 'close');
    } finally {
      stop.removeEventListener('abort', end);
    }
    return Buffer.concat(parts).toString();
  }

  #optionWords(options: Readonly<Record<string, unknown>>): string[] {
    return Object.keys(options).flatMap((name) => {
      const value = this.#args[name];
      return typeof value === 'string' ? [`--${name}=${value}`] : [];
    });
  }

  /** What users set for their runs is not for this one. */
  #sequentialEnvironment(): NodeJS.ProcessEnv {
    const others = new Set(Object.keys(parallelOptions).map(variableOf));
    return Object.fromEntries(
      Object.entries(this.#context.environment).filter(([name]) => !others.has(name)),
    );
  }

  #numbersIn(runDir: string): Iterable<RunNumbers> {
    const rows = solverRows(resultsOf(readRunDirectory(runDir)));
    return this.#solverRun.numbersOf(rows, (file) => readFileSync(join(runDir, 'answer', file), 'utf8'));
  }
}

/** Undefined where a run was refused. */
function summaryIn(stdout: string): RunSummary | undefined {
  return stdout.trim() === '' ? undefined : (JSON.parse(stdout) as RunSummary);
}
