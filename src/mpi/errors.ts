/** Error codes of MPI calls as exceptions (MPI standard, chapter "MPI Environmental Management", error handling). */
import type { FaultErrorName, IntegerName } from './abi/abi.js';
import { functions } from './functions.js';
import { integer, mpiLibrary } from './library.js';

export type ErrorClassName = Extract<IntegerName, `MPI_ERR_${string}`> | FaultErrorName;

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

/** A rank that the call needs has died, or one that an open receive might have waited for (`…_PENDING`). */
export class ProcessFailedError extends MpiError {
  constructor(...facts: ConstructorParameters<typeof MpiError>) {
    super(...facts);
    this.name = 'ProcessFailedError';
  }
}

/** The communicator was revoked: no call on it succeeds any more but `shrink` and `agree`. */
export class RevokedError extends MpiError {
  constructor(...facts: ConstructorParameters<typeof MpiError>) {
    super(...facts);
    this.name = 'RevokedError';
  }
}

const c = functions(
  'int MPI_Error_class(int errorcode, int *errorclass)',
  'int MPI_Error_string(int errorcode, char *string, int *resultlen)',
);

/** True when the request that failed so is open still: it goes on after `failureAck`. */
export function isInterruption({ errorClass }: MpiError): boolean {
  return errorClass === 'MPIX_ERR_PROC_FAILED_PENDING';
}

/** Throws MpiError unless the call succeeded. */
export function check(code: number, call: string): void {
  if (code !== 0) throw mpiError(code, call);
}

export function mpiError(code: number, call: string): MpiError {
  const errorClass = errorClassOf(code);
  const text = Buffer.alloc(integer('MPI_MAX_ERROR_STRING'));
  c.MPI_Error_string(code, text, new Int32Array(1));
  const words = text.toString('utf8', 0, text.indexOf(0)).trim();
  const Kind = errorKinds[errorClass] ?? MpiError;
  return new Kind(call, errorClass, code, words);
}

const errorKinds: Readonly<Partial<Record<ErrorClassName, typeof MpiError>>> = {
  MPI_ERR_TRUNCATE: TruncationError,
  MPIX_ERR_PROC_FAILED: ProcessFailedError,
  MPIX_ERR_PROC_FAILED_PENDING: ProcessFailedError,
  MPIX_ERR_REVOKED: RevokedError,
};

/** The portable class of a library's error code. */
function errorClassOf(code: number): ErrorClassName {
  const number = new Int32Array(1);
  c.MPI_Error_class(code, number);
  const { integers, faultTolerance } = mpiLibrary().abi;
  for (const [name, value] of Object.entries({ ...integers, ...faultTolerance?.errors })) {
    if (value === number[0] && /^MPIX?_ERR_/.test(name) && name !== 'MPI_ERR_LASTCODE') {
      return name as ErrorClassName;
    }
  }
  return 'MPI_ERR_UNKNOWN';
}
