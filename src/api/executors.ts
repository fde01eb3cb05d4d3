/** Where a run computes: child processes, the ranks of an MPI job, or this process. */
import { EnvironmentError } from '../errors/environment-error.js';
import { abort, findLauncher, world } from '../mpi/index.js';
import type { RunOutcome, RunRequest } from '../runtime/api.js';
import { serveMpi } from '../runtime/mpi/serve-mpi.js';
import { dismissRanks, type MpiJob } from '../runtime/ranks.js';
import { run } from '../runtime/run.js';
import type { Solver } from '../study/solver.js';
import type { ExecutorKind, PlainExecutor } from './options.js';
import { runUnderMpirun } from './under-mpirun.js';

export function chooseExecutor(kind: ExecutorKind): PlainExecutor {
  if (kind !== 'adaptive') return kind;
  return findLauncher() ? 'mpi' : 'local';
}

export function runOn(
  executor: PlainExecutor,
  request: RunRequest,
  solvers: readonly Solver[],
): Promise<RunOutcome> {
  switch (executor) {
    case 'sequential':
      return run(request, { solvers, isSequential: true });
    case 'local':
      return run(request, { solvers });
    case 'mpi':
      return findLauncher() ? runInJob(request, solvers) : runUnderMpirun(request, process.env);
    default:
      return executor satisfies never;
  }
}

/**
 * True on the ranks of a job other than 0. They never come back from here: they compute for rank 0, and end with it,
 * so that what stands behind the run in a program is done once.
 */
export async function serveIfRank(executor: PlainExecutor, solvers: readonly Solver[]): Promise<void> {
  if (executor !== 'mpi' || !findLauncher() || world.rank === 0) return;
  process.exit(await serveMpi(solvers));
}

let job: MpiJob | undefined;

async function runInJob(request: RunRequest, solvers: readonly Solver[]): Promise<RunOutcome> {
  if (job) {
    throw new EnvironmentError('an MPI job computes one run', {
      hint: 'Start the program again for the next one, or put the cases into one study',
    });
  }
  const own: MpiJob = { isTaken: false, isAbandoned: false };
  job = own;
  try {
    return await run({ ...request, ranks: world.size }, { solvers, job: own });
  } catch (error) {
    // The other ranks wait for a word.
    if (!own.isTaken) await dismissRanks(own, 'rank 0 has refused the run');
    throw error;
  } finally {
    if (own.isAbandoned) process.on('exit', (code) => abort(code || 1));
  }
}
