/** One calculation by one program: from what is asked to numbers, or to a failure in the program's words. */
import type { CallLimits, ProgramRemains, ProgramRunner } from '../../../kernels/program/runner.js';
import { ProgramFailure } from './failure.js';
import type { Allotment, Calculation, Computed, Program } from './program.js';

export interface ProgramRun extends Computed {
  /** What the program was asked, as it was written for it. */
  readonly input: string;
}

const tailCharacters = 4 * 1024;

/** Rejects with ProgramFailure, whose stack ends with what the program printed last. */
export async function runProgram(
  runner: ProgramRunner,
  program: Program,
  calculation: Calculation,
  allotment: Allotment,
  limits: CallLimits,
): Promise<ProgramRun> {
  const { input, ...call } = program.prepare(calculation, allotment);
  const variables = { ...allotment.variables, ...call.variables };
  const remains = await runner.run({ ...call, variables, threads: allotment.threads }, limits);
  const name = call.argv[0] as string;
  const { outcome } = remains;
  const { stdout, stderr, file } = remains;
  try {
    requireStarted(remains, name, limits.timeoutMs);
    const exitCode = outcome.end.kind === 'exited' ? outcome.end.code : noExitCode;
    const computed = program.parse(calculation, { exitCode, stdout, stderr, file });
    return { ...computed, input: call.files[input] ?? '' };
  } catch (error) {
    throw withTail(withSignal(error, remains, name), remains);
  }
}

/** No program's own, so that parsers see a failure in it. */
const noExitCode = -1;

/** What was never started, and what was ended for its time, left nothing to parse. */
function requireStarted(
  { outcome: { end, isTimeout } }: ProgramRemains,
  program: string,
  timeoutMs: number,
): void {
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
function withSignal(
  error: unknown,
  { outcome: { end, isTimeout } }: ProgramRemains,
  program: string,
): unknown {
  if (isTimeout || end.kind !== 'signalled' || !(error instanceof ProgramFailure)) return error;
  if (error.type === 'NotConverged') return error;
  return new ProgramFailure('Signal', `${program} was ended by ${end.signal}: ${error.message}`);
}

/** The stack of a failure says nothing of the program; what it printed last does. */
function withTail(error: unknown, { stdout, stderr }: ProgramRemains): unknown {
  if (!(error instanceof ProgramFailure)) return error;
  const parts = [`${error.type}: ${error.message}`];
  if (stderr.trim() !== '') parts.push('End of its standard error:', stderr.trimEnd().slice(-tailCharacters));
  if (stdout.trim() !== '') parts.push('End of its output:', stdout.trimEnd().slice(-tailCharacters));
  error.stack = parts.join('\n');
  return error;
}
