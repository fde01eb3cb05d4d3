/**
 * What an ABI table says. A family's table holds every value that differs between MPI libraries; nothing else
 * in the binding knows which library it talks to.
 */
import type { mpi5 } from './mpi5.js';

export type Family = 'openmpi' | 'mpich' | 'mpi5';

export interface AbiFacts {
  readonly family: Family;
  /** How a handle crosses the call: an 8-byte pointer, or a C int. MPI_File is a pointer in both. */
  readonly handle: 'pointer' | 'int';
  /** Size of MPI_Status and the byte offsets of its public fields. */
  readonly status: {
    readonly bytes: number;
    readonly source: number;
    readonly tag: number;
    readonly error: number;
  };
  /** Predefined handles: a value, or the name of the data symbol whose address is the handle. */
  readonly handles: Readonly<Record<string, number | string>>;
  /** Pointer constants: a value, or the name of a pointer variable that holds it. */
  readonly pointers: Readonly<Record<string, bigint | string>>;
  readonly integers: Readonly<Record<string, number>>;
  /**
   * Names that only later releases of the family know. MPICH ends the process when an old release meets such a
   * handle, so they are used only where the library reports MPI 5.
   */
  readonly later: readonly string[];
  /** Undefined where the family's ABI has no numbers for it. */
  readonly faultTolerance: FaultToleranceFacts | undefined;
}

/** What libraries add to the standard for user-level failure mitigation (ULFM). */
export interface FaultToleranceFacts {
  readonly errors: Readonly<Record<FaultErrorName, number>>;
  /** The attribute that says whether it is switched on; undefined where the library has none. */
  readonly attribute: number | undefined;
}

export type FaultErrorName = 'MPIX_ERR_PROC_FAILED' | 'MPIX_ERR_PROC_FAILED_PENDING' | 'MPIX_ERR_REVOKED';

export type HandleName = keyof typeof mpi5.handles;
export type PointerName = keyof typeof mpi5.pointers;
export type IntegerName = keyof typeof mpi5.integers;

export interface Abi extends AbiFacts {
  readonly handles: Readonly<Record<HandleName, number | string>>;
  readonly pointers: Readonly<Record<PointerName, bigint | string>>;
  readonly integers: Readonly<Record<IntegerName, number>>;
  readonly later: readonly (HandleName | PointerName | IntegerName)[];
}
