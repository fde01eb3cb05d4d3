/** `info --check`: one line of what is right here, or one for each thing that is not. */
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { EnvironmentError } from '../errors/environment-error.js';
import { bundleModule } from '../kernels/bundle.js';
import { loadKernel, prepareKernel } from '../kernels/load.js';
import { nativeLibrary } from '../kernels/native.js';
import { findMpiUnder } from '../mpi/find.js';
import { shortLibraryName } from '../mpi/library-name.js';
import { withoutLauncher } from '../process/spawn/launcher-environment.js';
import { loadStudy } from '../study/load.js';
import { mpiFamilies } from '../study/slurm/settings.js';
import type { CommandContext } from './context.js';
import { describeFailure, failureCode } from './failure.js';
import { tryMpi } from './try-mpi.js';

export const wantedMpi = [...mpiFamilies, 'any', 'none'] as const;

export interface Wanted {
  readonly mpi: (typeof wantedMpi)[number];
  /** File of a study whose kernel is needed. */
  readonly study: string | undefined;
}

const leastNode = [20, 19] as const;

/** Exit code 0 when all is right. */
export async function preflight(wanted: Wanted, context: CommandContext): Promise<number> {
  const checks = [nodeCheck, () => mpiCheck(wanted, context), () => kernelCheck(wanted, context)];
  const right: string[] = [];
  let problems = 0;
  for (const check of checks) {
    try {
      right.push(await check());
    } catch (error) {
      problems++;
      context.stderr.write(`shoal: not ready on ${hostname()}: ${describeFailure(error, context.cwd)}\n`);
    }
  }
  if (problems > 0) return failureCode;
  context.stdout.write(`ready on ${hostname()}: ${right.filter(Boolean).join(', ')}\n`);
  return 0;
}

function nodeCheck(): string {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > leastNode[0] || (major === leastNode[0] && minor >= leastNode[1]))
    return `Node ${process.version}`;
  throw new EnvironmentError(`Node ${process.version} is too old`, {
    hint: `shoal needs ${leastNode.join('.')} or newer: load a module of it, or name it in the site file`,
  });
}

/** Libraries of one ABI are one to a rank. Cray's cannot be tried: it starts under srun alone. */
function mpiCheck({ mpi }: Wanted, { environment }: CommandContext): string {
  if (mpi === 'none') return '';
  // One check a node is started by srun, whatever is to start the ranks.
  const { choice } = findMpiUnder(withoutLauncher(environment));
  if (!choice) {
    throw new EnvironmentError('no MPI library was found', {
      hint: 'Load the MPI module of the site, or name the library with SHOAL_LIBMPI',
    });
  }
  const name = shortLibraryName(choice.libraryVersion);
  const abi = mpi === 'any' || mpi === 'openmpi' ? mpi : 'mpich';
  if (abi !== 'any' && choice.family !== 'mpi5' && choice.family !== abi) {
    throw new EnvironmentError(`the MPI library is ${name}, and the ranks are to be started for ${mpi}`, {
      hint: `It is ${choice.path}: ${choice.reason}. Load the other module, or name the library with SHOAL_LIBMPI`,
    });
  }
  const trial = mpi === 'cray' ? undefined : tryMpi(environment);
  if (trial?.kind === 'failed') {
    throw new EnvironmentError(`${name} (${choice.path}) does not start: ${trial.reason}`);
  }
  return name;
}

async function kernelCheck({ study: path }: Wanted, context: CommandContext): Promise<string> {
  if (path === undefined) return nativeNote();
  const { solvers, cwd } = context;
  const study = await loadStudy(resolve(cwd, path), { solvers, bundle: bundleModule });
  const { shared, form } = prepareKernel(study, solvers, join(cwd, 'runs', study.name));
  const kernel = await loadKernel(study, solvers, shared, form);
  kernel.close?.();
  const isFallback = study.kernel.kind === 'solver' && form === 'typescript';
  return `kernel ${kernel.name} (${form})${isFallback ? `, ${nativeNote()}` : ''}`;
}

function nativeNote(): string {
  const native = nativeLibrary();
  return native.kind === 'found'
    ? 'C kernels'
    : `no C kernels, which is slower: ${native.reason.split('\n')[0]}`;
}
