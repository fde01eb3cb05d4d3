/** A function that this MPI library does not have. */
import { EnvironmentError } from '../errors/environment-error.js';
import type { MpiChoice } from './find.js';

export class MissingFunctionError extends EnvironmentError {
  /** `MPIX_Comm_shrink`. */
  readonly functionName: string;
  /** Which library has it, where that is known: `Open MPI 5.0 or later`. */
  readonly needed: string | undefined;

  constructor(functionName: string, { libraryVersion, path }: MpiChoice, needed?: string) {
    const hint = needed === undefined ? {} : { hint: `It needs ${needed}` };
    super(`${libraryVersion} (${path}) has no ${functionName}`, hint);
    this.name = 'MissingFunctionError';
    this.functionName = functionName;
    this.needed = needed;
  }
}
