/** A rank of an MPI job that is not the one with the command line. */
import { serveMpi } from './runtime/mpi/serve-mpi.js';
import { kernelMakers } from './solvers/kernels.js';

export { world } from './mpi/index.js';

/** Resolves with the exit code. */
export function serveJob(): Promise<number> {
  return serveMpi(kernelMakers);
}
