/** Error codes of MPI calls as exceptions (MPI standard, chapter "MPI Environmental Management", error handling). */
import type { IntegerName } from './abi/abi.js';
import { functions } from './functions.js';
import { integer, mpiLibrary } from './library.js';

export type ErrorClassName = Extract<IntegerName, `MPI_ERR_${string}`>;

/** An MPI call that failed. The library's own words are in the message. */
export class MpiError extends Error {
  /** The function called: `MPI_Recv`. */
  readonly call: string;
  /** Portable kind of the error; libraries' own codes differ. */
  readonly errorClass: ErrorClassName;
  /** What the call returned. */
  readonly code: number;

  constructor(call: string, errorClass: ErrorClassName, code: number, text: string) {
    super(`${call}: ${text} (${errorClass})`);
    this.name = 'MpiError';
    this.call = call;
    this.errorClass = errorClass;
    this.code = code;
  }
}

/** A message longer than the buffer that received it; what fitted may be in the buffer. */
export class TruncationError extends MpiError {
  constructor(...facts: ConstructorParameters<typeof MpiError>) {
    super(...facts);
    this.name = 'TruncationError';
  }
}

const c = functions(
  'int MPI_Error_class(int errorcode, int *errorclass)',
  'int MPI_Error_string(int errorcode, char *string, int *resultlen)',
);

/** Throws MpiError unless the call succeeded. */
export function check(code: number, call: string): void {
  if (code !== 0) throw mpiError(code, call);
}

export function mpiError(code: number, call: string): MpiError {
  const errorClass = errorClassOf(code);
  const text = Buffer.alloc(integer('MPI_MAX_ERROR_STRING'));
  c.MPI_Error_string(code, text, new Int32Array(1));
  const words = text.toString('utf8', 0, text.indexOf(0)).trim();
  const Kind = errorClass === 'MPI_ERR_TRUNCATE' ? TruncationError : MpiError;
  return new Kind(call, errorClass, code, words);
}

/** The portable class of a library's error code. */
function errorClassOf(code: number): ErrorClassName {
  const number = new Int32Array(1);
  c.MPI_Error_class(code, number);
  for (const [name, value] of Object.entries(mpiLibrary().abi.integers)) {
    if (value === number[0] && name.startsWith('MPI_ERR_') && name !== 'MPI_ERR_LASTCODE') {
      return name as ErrorClassName;
    }
  }
  return 'MPI_ERR_UNKNOWN';
}
