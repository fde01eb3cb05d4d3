import { expect, test } from 'vitest';
import { withoutLauncher } from '../../../src/process/spawn/launcher-environment.js';

test('what makes a process a rank goes, what a user set stays', () => {
  const users = {
    PATH: '/bin',
    OMPI_ALLOW_RUN_AS_ROOT: '1',
    OMPI_MCA_btl: 'self,tcp',
    I_MPI_FABRICS: 'shm',
    MPICH_ASYNC_PROGRESS: '1',
    SLURM_JOB_ID: '7',
    SLURM_TASKS_PER_NODE: '2',
    PRTE_ALLOW_RUN_AS_ROOT: '1',
  };
  const launchers = {
    OMPI_COMM_WORLD_RANK: '1',
    OMPI_MCA_orte_hnp_uri: 'x',
    PMIX_RANK: '1',
    PMI_SIZE: '4',
    HYDI_CONTROL_FD: '8',
    MPI_LOCALNRANKS: '4',
    SLURM_PROCID: '1',
    SLURM_STEP_ID: '0',
    SLURM_STEPID: '0',
    SLURM_PMIX_MAPPING_SERV: 'x',
    PRTE_MCA_prte_hnp_uri: 'x',
    PALS_RANKID: '1',
  };
  expect(withoutLauncher({ ...users, ...launchers })).toEqual(users);
});
