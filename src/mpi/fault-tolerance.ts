/**
 * User-level failure mitigation (ULFM), an extension of the MPI standard: a job goes on when ranks die. The launcher
 * must have been told so (`mpirun --with-ft ulfm`); otherwise it ends all ranks with the first that dies.
 */
import { readInt } from '../ffi/koffi.js';
import { init } from './environment.js';
import { check, mpiError, ProcessFailedError } from './errors.js';
import { functions, optionalFunctions } from './functions.js';
import { type Handle, mpiLibrary, newHandles, predefined } from './library.js';

const c = functions('int MPI_Comm_get_attr(MPI_Comm comm, int comm_keyval, void *attribute_val, int *flag)');

const ulfm = optionalFunctions(
  'Open MPI 5.0 or later',
  'int MPIX_Comm_revoke(MPI_Comm comm)',
  'int MPIX_Comm_is_revoked(MPI_Comm comm, int *flag)',
  'int MPIX_Comm_shrink(MPI_Comm comm, MPI_Comm *newcomm)',
  'int MPIX_Comm_agree(MPI_Comm comm, int *flag)',
  'int MPIX_Comm_failure_ack(MPI_Comm comm)',
  'int MPIX_Comm_failure_get_acked(MPI_Comm comm, MPI_Group *failedgrp)',
);

/** True when the library has the functions of this chapter. Does not start MPI. */
export function hasUlfm(): boolean {
  const { library, abi } = mpiLibrary();
  return abi.faultTolerance !== undefined && Object.keys(ulfm).every((name) => library.symbol(name));
}

/** True when this job survives the death of a rank: the library can, and the launcher was told to. */
export function isFaultTolerant(): boolean {
  const { attribute } = mpiLibrary().abi.faultTolerance ?? {};
  if (attribute === undefined || !hasUlfm()) return false;
  init();
  const address = new BigUint64Array(1);
  const flag = new Int32Array(1);
  check(c.MPI_Comm_get_attr(predefined('MPI_COMM_WORLD'), attribute, address, flag), 'MPI_Comm_get_attr');
  return flag[0] !== 0 && readInt(address[0]!) !== 0;
}

export interface Agreement {
  /** The bitwise `and` of what the living ranks gave; the same at each of them. */
  readonly value: number;
  /** Ranks have died that some rank had not acknowledged (`failureAck`). */
  readonly isFailureNew: boolean;
}

export function revoke(comm: Handle): void {
  check(ulfm.MPIX_Comm_revoke(comm), 'MPIX_Comm_revoke');
}

export function isRevoked(comm: Handle): boolean {
  const flag = new Int32Array(1);
  check(ulfm.MPIX_Comm_is_revoked(comm, flag), 'MPIX_Comm_is_revoked');
  return flag[0] !== 0;
}

export function shrink(comm: Handle): Handle {
  const cell = newHandles(1);
  check(ulfm.MPIX_Comm_shrink(comm, cell), 'MPIX_Comm_shrink');
  return cell[0]!;
}

export function agree(comm: Handle, value: number): Agreement {
  const cell = Int32Array.of(value);
  const code = ulfm.MPIX_Comm_agree(comm, cell);
  // The value is agreed upon all the same.
  if (code !== 0) {
    const error = mpiError(code, 'MPIX_Comm_agree');
    if (!(error instanceof ProcessFailedError)) throw error;
  }
  return { value: cell[0]!, isFailureNew: code !== 0 };
}

export function failureAck(comm: Handle): void {
  check(ulfm.MPIX_Comm_failure_ack(comm), 'MPIX_Comm_failure_ack');
}

export function failureGetAcked(comm: Handle): Handle {
  const cell = newHandles(1);
  check(ulfm.MPIX_Comm_failure_get_acked(comm, cell), 'MPIX_Comm_failure_get_acked');
  return cell[0]!;
}
