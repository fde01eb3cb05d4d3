/** A rank of an MPI job that is not the one with the command line. */
import { world } from './mpi/index.js';
import { serveMpi } from './runtime/mpi/serve-mpi.js';
import { kernelMakers } from './solvers/kernels.js';

/** Starts MPI. */
export function rankOfJob(): number {
  return world.rank;
}

/** Resolves with the exit code. */
export function serveJob(): Promise<number> {
  return serveMpi(kernelMakers);
}
