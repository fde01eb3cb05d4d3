/** What an error looks like to the user, and which exit code it makes. */
import { EnvironmentError } from '../errors/environment-error.js';
import { InputError } from '../errors/input-error.js';

/** Bad input and a broken environment both end with this; nothing that was computed is lost by either. */
export const failureCode = 2;

/** One message without an end of line. Anything but our two kinds of error is a fault of ours and shows its stack. */
export function describeFailure(error: unknown): string {
  if (error instanceof InputError) return error.describe();
  if (error instanceof EnvironmentError) {
    return error.hint === undefined ? error.message : `${error.message}. ${error.hint}`;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `internal error, which is a fault of shoal's: ${text}`;
}
