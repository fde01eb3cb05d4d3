/** What an error looks like to the user, and which exit code it makes. */
import { isAbsolute } from 'node:path';
import { EnvironmentError } from '../errors/environment-error.js';
import { InputError } from '../errors/input-error.js';
import { MpiError } from '../mpi/index.js';
import { shownPath } from './paths.js';

/** Bad input and a broken environment both end with this; nothing that was computed is lost by either. */
export const failureCode = 2;

/** Of whoever was asked to stop, as a shell tells it of SIGINT. */
export const interruptedCode = 130;

/** One message without an end of line. Anything but our two kinds of error is a fault of ours and shows its stack. */
export function describeFailure(error: unknown, cwd: string): string {
  if (error instanceof InputError) return withShownPath(error, cwd).describe();
  if (error instanceof EnvironmentError) {
    return error.hint === undefined ? error.message : `${error.message}. ${error.hint}`;
  }
  if (error instanceof MpiError && lossClasses.includes(error.errorClass)) {
    const words = error.message.replaceAll(/\s*\n\s*/g, ' ');
    return `a rank of the job, or its host, cannot be reached any more; everything done is kept. MPI says: ${words}`;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `internal error, which is a fault of shoal's: ${text}`;
}

/** How libraries call a connection that broke: of most there is no better class. */
const lossClasses: readonly MpiError['errorClass'][] = [
  'MPI_ERR_OTHER',
  'MPI_ERR_INTERN',
  'MPIX_ERR_PROC_FAILED',
];

/** The file as the user would type it, so that an editor's terminal can jump to it and the line stays short. */
function withShownPath(error: InputError, cwd: string): InputError {
  const { file } = error.facts;
  if (file === undefined || !isAbsolute(file)) return error;
  return new InputError(error.message, { ...error.facts, file: shownPath(file, cwd) });
}
