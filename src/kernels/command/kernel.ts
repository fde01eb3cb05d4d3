/** The kernel that runs a program for each case. */
import { statSync } from 'node:fs';
import type { Failure } from '../../codec/block.js';
import type { ColumnSpec, Columns } from '../../codec/columns.js';
import { EnvironmentError } from '../../errors/environment-error.js';
import { InputError } from '../../errors/input-error.js';
import { ProgramFinder } from '../../process/spawn/find-program.js';
import type { CommandOutcome } from '../../process/spawn/run-command.js';
import { hasShellFunctions } from '../../process/spawn/shell-line.js';
import type { KeptOutput } from '../../store/kept-output.js';
import { parsePlaceholders } from '../../study/command/placeholders.js';
import {
  type CommandSource,
  cpuSecondsColumn,
  exitCodeColumn,
  keptOutputColumn,
  programName,
} from '../../study/command/source.js';
import { digest } from '../../study/fingerprint.js';
import type { Study } from '../../study/study.js';
import type { Kernel, KernelContext, RunBatch } from '../kernel.js';
import { caseValues, clearOutputs, failureOf } from '../run-batch.js';
import { failureOfCommand, missingOutput } from './failure.js';
import { outputFinder } from './find-outputs.js';
import { type Invocation, invoker, neededColumns } from './invocation.js';
import { CommandRunner, folderOf } from './runner.js';

/** Outputs and failures are looked for in this much of what was printed, from its end. */
const searchedBytes = 16 * 1024 * 1024;
const stderrTailBytes = 8 * 1024;
/** What travels with a result where the run directory cannot be reached. */
const travellingBytes = 64 * 1024;

/**
 * Throws InputError where there is no such program, EnvironmentError where there is no folder to run it in. Nothing is
 * started before the first case.
 *
 * @param runDir keeps what commands print
 */
export function commandKernel(study: Study, source: CommandSource, runDir: string): Kernel {
  if (source.host === undefined) {
    checkProgram(source);
    checkFolder(folderOf(source.path, source.cwd) ?? source.path);
  }
  const needed = neededColumns(source);
  const inputs = study.cases.columns.filter(({ name }) => needed?.has(name) ?? true);
  const outputs = columnsOf(source);
  const execution = new Execution(study, source, runDir, inputs, outputs);
  return {
    name: programName(source.call),
    version: digest({ ...source, path: '' }).slice(0, 16),
    form: 'command',
    inputs,
    outputs,
    mostCases: 1,
    runBatch: (count, columns, out, context) => execution.runFrom(0, count, columns, out, context, []),
    close: () => execution.close(),
  };
}

const exitCode: ColumnSpec = { name: exitCodeColumn, dtype: 'int32', shape: [] };
const cpuSeconds: ColumnSpec = {
  ...{ name: cpuSecondsColumn, dtype: 'float64', shape: [], unit: 's', table: 'execution' },
};
const keptOutput: ColumnSpec = { name: keptOutputColumn, dtype: 'json', shape: [], table: 'execution' };

/** What every command has besides the outputs that its study asks for. */
export const commandColumns: readonly ColumnSpec[] = [exitCode, cpuSeconds, keptOutput];

function columnsOf(source: CommandSource): readonly ColumnSpec[] {
  return [exitCode, ...source.outputs.map(({ spec }) => spec), cpuSeconds, keptOutput];
}

class Execution {
  readonly #source: CommandSource;
  readonly #study: Study;
  readonly #runDir: string;
  readonly #inputs: readonly ColumnSpec[];
  readonly #outputs: readonly ColumnSpec[];
  readonly #invocationOf: (values: Readonly<Record<string, unknown>>, caseNumber: number) => Invocation;
  readonly #findOutputs: ReturnType<typeof outputFinder>;
  #runner: CommandRunner | undefined;

  constructor(
    study: Study,
    source: CommandSource,
    runDir: string,
    inputs: readonly ColumnSpec[],
    outputs: readonly ColumnSpec[],
  ) {
    this.#source = source;
    this.#study = study;
    this.#runDir = runDir;
    this.#inputs = inputs;
    this.#outputs = outputs;
    this.#invocationOf = invoker(source, hasShellFunctions(process.env));
    this.#findOutputs = outputFinder(source.outputs);
  }

  /** Cases `i …` of a batch. Promises only where a command takes long: most short ones come without. */
  runFrom(
    start: number,
    count: number,
    columns: Columns,
    out: Columns,
    context: KernelContext,
    failures: Failure[],
  ): ReturnType<RunBatch> {
    for (let i = start; i < count; i++) {
      const failure = this.#runCase(i, columns, out, context);
      if (failure instanceof Promise) {
        return failure.then((settled) => {
          if (settled) failures.push(settled);
          return this.runFrom(i + 1, count, columns, out, context, failures);
        });
      }
      if (failure) failures.push(failure);
    }
    return failures.length > 0 ? failures : undefined;
  }

  close(): void {
    this.#runner?.close();
    this.#runner = undefined;
  }

  #runCase(
    i: number,
    columns: Columns,
    out: Columns,
    { first, log, scratch, environment }: KernelContext,
  ): Failure | undefined | Promise<Failure | undefined> {
    const failed = (error: unknown): Failure => {
      clearOutputs(this.#outputs, out, i);
      this.#runner?.clear();
      return failureOf(error, i);
    };
    try {
      const runner = this.#runnerOf(log);
      const called = this.#invocationOf(caseValues(this.#inputs, columns, i), first + i);
      const invocation = { ...called, variables: { ...environment, ...called.variables } };
      const outcome = runner.run(invocation, scratch);
      if (!(outcome instanceof Promise)) return this.#record(runner, invocation, outcome, out, i);
      return outcome.then((settled) => this.#record(runner, invocation, settled, out, i)).catch(failed);
    } catch (error) {
      return failed(error);
    }
  }

  #record(
    runner: CommandRunner,
    { argv }: Invocation,
    outcome: CommandOutcome,
    out: Columns,
    i: number,
  ): Failure | undefined {
    const { capture } = runner;
    const { timeoutMs } = this.#study.execution;
    const stderr = () => capture.stderr.tail(stderrTailBytes);
    let failure = failureOfCommand(outcome, argv[0] as string, this.#source.okExitCodes, timeoutMs, stderr);
    if (!failure && this.#source.outputs.length > 0) {
      const printed = {
        stdout: capture.stdout.tail(searchedBytes),
        stderr: capture.stderr.tail(searchedBytes),
      };
      const problem = this.#findOutputs(printed, out, i);
      if (problem !== undefined) failure = missingOutput(problem, stderr());
    }
    if (failure) clearOutputs(this.#outputs, out, i);
    const { end } = outcome;
    if (end.kind === 'exited') set(out, exitCodeColumn, i, end.code);
    if (end.kind !== 'unstartable') set(out, cpuSecondsColumn, i, end.cpuSeconds);
    set(out, keptOutputColumn, i, keep(runner));
    runner.clear();
    return failure && { ...failure, offset: i };
  }

  #runnerOf(log: (message: string) => void): CommandRunner {
    if (this.#runner) return this.#runner;
    const { execution, fingerprint } = this.#study;
    const { timeoutMs } = execution;
    this.#runner = new CommandRunner({ source: this.#source, timeoutMs, runDir: this.#runDir, fingerprint });
    if (!this.#runner.writer) {
      log(
        `the run directory ${this.#runDir} cannot be written from here: of what each command prints, the last 64 KiB are kept`,
      );
    }
    return this.#runner;
  }
}

function keep({ capture: { stdout, stderr }, writer }: CommandRunner): KeptOutput | null {
  if (stdout.bytes + stderr.bytes === 0) return null;
  if (writer) return writer.append(stdout, stderr);
  const cut = [stdout, stderr].reduce((sum, { bytes }) => sum + Math.max(0, bytes - travellingBytes), 0);
  return { kind: 'text', stdout: stdout.tail(travellingBytes), stderr: stderr.tail(travellingBytes), cut };
}

function set(out: Columns, name: string, i: number, value: unknown): void {
  (out[name] as unknown[])[i] = value;
}

/** A program that is named outright must be there; what a shell finds in its text is the shell's. */
function checkProgram({ call, path, environment }: CommandSource): void {
  if (call.kind !== 'words') return;
  const [program = ''] = call.words;
  if (environment.PATH !== undefined || parsePlaceholders(program).some(({ kind }) => kind === 'value'))
    return;
  const file = new ProgramFinder(process.env.PATH).find(program, path);
  if (file !== undefined && statSync(file, { throwIfNoEntry: false })) return;
  throw new InputError(`there is no program ${program}`, {
    field: 'kernel.command',
    expected: program.includes('/') ? `a file ${file}` : 'the name of a program on the PATH',
  });
}

function checkFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
  throw new EnvironmentError(`there is no folder ${folder}, in which the commands run`, {
    hint: 'Every rank must see it under this path.',
  });
}
