/** How the end of a command becomes the row of a case that did not complete. */
import type { Failure } from '../../codec/block.js';
import type { CommandOutcome } from '../../process/spawn/run-command.js';
import { exitCodeColumn } from '../../study/command/source.js';
import { lastLine } from './find-outputs.js';

type Ending = Omit<Failure, 'offset'>;

/** What a shell answers where there is no such program. */
const notFoundCode = 127;

/** Longest last line of standard error in a message, and what of it comes along for `explain`. */
const messageCharacters = 200;
const tailLines = 10;

/** Undefined for a case that has completed. `stderr` is the end of its standard error. */
export function failureOfCommand(
  { end, isTimeout }: CommandOutcome,
  program: string,
  okExitCodes: readonly number[],
  timeoutMs: number,
  stderr: () => string,
): Ending | undefined {
  if (isTimeout) {
    return failure('timeout', 'Timeout', `took longer than ${timeoutMs / 1000} s`, stderr());
  }
  switch (end.kind) {
    case 'exited': {
      const { code } = end;
      if (okExitCodes.includes(code)) return undefined;
      const type = code === notFoundCode ? 'CommandNotFound' : 'ExitCode';
      return { ...failure('failed', type, `exit code ${code}`, stderr()), known: [exitCodeColumn] };
    }
    case 'signalled':
      return failure('failed', 'Signal', `ended by ${end.signal}`, stderr());
    case 'unstartable':
      return end.error === 'ENOENT'
        ? failure('failed', 'CommandNotFound', `there is no program ${program}`, '')
        : failure('failed', 'CommandNotStarted', `${program} cannot be started: ${end.error}`, '');
    default:
      return end satisfies never;
  }
}

/** A command that ended well but did not print what was to be found. */
export function missingOutput(problem: string, stderr: string): Ending {
  return { ...failure('failed', 'OutputMissing', problem, stderr), known: [exitCodeColumn] };
}

function failure(status: Failure['status'], type: string, what: string, stderr: string): Ending {
  const last = lastLine(stderr);
  const message = last === '' ? what : `${what}: ${shortened(last)}`;
  const tail = stderr.trimEnd().split('\n').slice(-tailLines);
  return {
    status,
    type,
    message,
    ...(tail.length > 1 && {
      traceback: [`${type}: ${message}`, 'End of its standard error:', ...tail].join('\n'),
    }),
  };
}

function shortened(line: string): string {
  return line.length > messageCharacters ? `${line.slice(0, messageCharacters - 3)}...` : line;
}
