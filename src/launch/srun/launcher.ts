/** Slurm's srun, and how it brings the ranks of the MPI library here together. */
import { spawnSync } from 'node:child_process';
import { EnvironmentError } from '../../errors/environment-error.js';
import { ProgramFinder } from '../../process/spawn/find-program.js';
import { chooseLauncher, findLaunchers, type LauncherFamily } from '../mpirun/launcher.js';

export interface SrunLauncher {
  readonly family: 'srun';
  readonly path: string;
  /** Value of `--mpi`: how ranks of this library find each other. */
  readonly mpi: string;
  /** The libmpi that ranks load; undefined where they find it themselves. */
  readonly library: string | undefined;
}

/** Best first. Ranks of Open MPI speak PMIx, those of MPICH the older PMI unless they were built with PMIx. */
const kinds = {
  openmpi: ['pmix', 'pmix_v5', 'pmix_v4', 'pmix_v3'],
  mpich: ['pmi2', 'cray_shasta', 'pmix'],
} as const satisfies Record<LauncherFamily, readonly string[]>;

/** Throws EnvironmentError where there is no srun, no MPI, or no way to bring them together. */
export function chooseSrun(environment: NodeJS.ProcessEnv): SrunLauncher {
  const path = new ProgramFinder(environment.PATH).find('srun', process.cwd());
  if (path === undefined) {
    throw new EnvironmentError('no srun found on PATH', {
      hint: 'Load the module of Slurm, or use --launcher mpirun or local',
    });
  }
  const { family, library } = chosenMpi(environment);
  const offered = offeredKinds(path, environment);
  const mpi = environment.SLURM_MPI_TYPE ?? kinds[family].find((kind) => offered.includes(kind));
  if (mpi !== undefined) return { family: 'srun', path, mpi, library };
  throw new EnvironmentError(
    `srun cannot start ranks of ${family === 'openmpi' ? 'Open MPI' : 'MPICH'} here`,
    {
      hint: `It offers --mpi=${offered.join(', ') || '(nothing)'}, and ${kinds[family].join(' or ')} is needed: use --launcher mpirun`,
    },
  );
}

/** Names that `srun --mpi=list` prints, wherever it prints them. */
export function readKinds(text: string): readonly string[] {
  return [...text.matchAll(/^\s*(?:srun:\s*)?(\w+)\s*$/gm)].map(([, name]) => name as string);
}

function offeredKinds(path: string, environment: NodeJS.ProcessEnv): readonly string[] {
  const { stdout, stderr, error } = spawnSync(path, ['--mpi=list'], {
    encoding: 'utf8',
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 10_000,
  });
  if (error) throw new EnvironmentError(`cannot run ${path}`, { cause: error });
  // The versions of PMIx stand in a line of their own: `specific pmix plugin versions available: pmix_v4`.
  const versions = /versions available:\s*(.*)/.exec(stdout + stderr)?.[1] ?? '';
  return [...readKinds(stdout + stderr), ...versions.split(/[,\s]+/).filter(Boolean)];
}

/** The library that SHOAL_LIBMPI names, or the one of the first mpirun. */
function chosenMpi(environment: NodeJS.ProcessEnv): {
  readonly family: LauncherFamily;
  readonly library: string | undefined;
} {
  const named = environment.SHOAL_LIBMPI;
  if (!named) return chooseLauncher(environment);
  const same = findLaunchers(environment).find(({ library }) => library === named);
  const isMpich = /mpich|libmpi\.so\.12|libmpi\.12\./.test(named);
  return { family: same?.family ?? (isMpich ? 'mpich' : 'openmpi'), library: named };
}
