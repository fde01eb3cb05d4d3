import { describe, expect, it } from 'vitest';
import { findLauncher } from '../../src/mpi/launcher.js';

describe('the launcher', () => {
  it.each([
    { env: {}, expected: undefined },
    {
      env: { OMPI_COMM_WORLD_SIZE: '4', OMPI_COMM_WORLD_RANK: '2', PMIX_RANK: '2' },
      expected: { name: 'mpirun of Open MPI', size: 4, rank: 2, families: ['openmpi', 'mpi5'] },
    },
    {
      env: { PMI_RANK: '1', PMI_SIZE: '3', HYDI_CONTROL_FD: '8' },
      expected: { name: 'mpiexec of MPICH', size: 3, rank: 1, families: ['mpich', 'mpi5'] },
    },
    {
      env: { PMI_RANK: '1', PMI_SIZE: '3', I_MPI_HYDRA_TOPOLIB: 'hwloc' },
      expected: { name: 'mpiexec of Intel MPI', size: 3, rank: 1, families: ['mpich', 'mpi5'] },
    },
    {
      env: { PMI_RANK: '1', PMI_SIZE: '3', SLURM_STEP_NUM_TASKS: '3', SLURM_PROCID: '1' },
      expected: { name: 'srun with PMI', size: 3, rank: 1, families: ['mpich', 'openmpi', 'mpi5'] },
    },
    {
      env: { PMIX_RANK: '5', SLURM_STEP_NUM_TASKS: '8', SLURM_PROCID: '5' },
      expected: { name: 'srun with PMIx', size: 8, rank: 5, families: ['openmpi', 'mpich', 'mpi5'] },
    },
    {
      env: { SLURM_STEP_NUM_TASKS: '8', SLURM_PROCID: '5' },
      expected: { name: 'srun', size: 8, rank: 5, families: ['mpich', 'openmpi', 'mpi5'] },
    },
    // A batch script is no step: its own process is one, whatever the job's number of tasks.
    { env: { SLURM_NTASKS: '8', SLURM_PROCID: '0', SLURM_JOB_ID: '1' }, expected: undefined },
  ])('is told from $env', ({ env, expected }) => {
    expect(findLauncher(env)).toEqual(expected);
  });
});
