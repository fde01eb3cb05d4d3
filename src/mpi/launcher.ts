/** Which program started this process as a rank, read from its environment. */
import type { Family } from './abi/abi.js';

export interface Launcher {
  /** As a user would say it: `mpirun of Open MPI`. */
  readonly name: string;
  /** Ranks the launcher says it started, where it says so. */
  readonly size: number | undefined;
  readonly rank: number | undefined;
  /** Families whose ranks this launcher can bring together, best first. */
  readonly families: readonly Family[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The launcher of this process, or undefined for one started by hand. Order matters: a Slurm step often runs
 * mpirun, and hydra's variables survive in what its ranks start.
 */
export function findLauncher(env: Environment = process.env): Launcher | undefined {
  if (env.OMPI_COMM_WORLD_SIZE !== undefined) {
    return {
      name: 'mpirun of Open MPI',
      size: natural(env.OMPI_COMM_WORLD_SIZE),
      rank: natural(env.OMPI_COMM_WORLD_RANK),
      families: ['openmpi', 'mpi5'],
    };
  }
  const slurmSize = natural(env.SLURM_STEP_NUM_TASKS);
  const slurmRank = natural(env.SLURM_PROCID);
  const isSlurmStep = slurmSize !== undefined && slurmRank !== undefined;
  if (env.PMI_RANK !== undefined || env.PMI_SIZE !== undefined || env.HYDI_CONTROL_FD !== undefined) {
    return {
      name: hydraName(env, isSlurmStep),
      size: natural(env.PMI_SIZE) ?? slurmSize,
      rank: natural(env.PMI_RANK) ?? slurmRank,
      families: isSlurmStep ? ['mpich', 'openmpi', 'mpi5'] : ['mpich', 'mpi5'],
    };
  }
  if (env.PMIX_RANK !== undefined) {
    return {
      name: isSlurmStep ? 'srun with PMIx' : 'a PMIx launcher',
      size: slurmSize,
      rank: natural(env.PMIX_RANK),
      families: ['openmpi', 'mpich', 'mpi5'],
    };
  }
  if (isSlurmStep) {
    return { name: 'srun', size: slurmSize, rank: slurmRank, families: ['mpich', 'openmpi', 'mpi5'] };
  }
  return undefined;
}

function hydraName(env: Environment, isSlurmStep: boolean): string {
  if (env.I_MPI_HYDRA_TOPOLIB !== undefined) return 'mpiexec of Intel MPI';
  if (env.HYDI_CONTROL_FD === undefined && isSlurmStep) return 'srun with PMI';
  return 'mpiexec of MPICH';
}

function natural(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}
