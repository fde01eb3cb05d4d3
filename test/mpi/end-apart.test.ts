import { expect, test } from 'vitest';
import { mustEndApart } from '../../src/mpi/end-apart.js';

const mpich = (version: string, device: string): string =>
  `MPICH Version:      ${version}\nMPICH Release date: some day\nMPICH Device:       ${device}\n`;
const hydra = { PMI_FD: '7', MPI_LOCALRANKID: '0', MPI_LOCALNRANKS: '2' };
const slurm = { PMI_FD: '7', SLURM_LOCALID: '0', SLURM_NODEID: '0', SLURM_STEP_TASKS_PER_NODE: '2(x3)' };

test.each([
  ['MPICH 4.0.2 over UCX on several hosts', mpich('4.0.2', 'ch4:ucx'), 6, hydra, true],
  ['the same in a step of Slurm', mpich('4.0.2', 'ch4:ucx'), 6, slurm, true],
  [
    'MPICH 4.1.1 where nobody says how many ranks this host has',
    mpich('4.1.1', 'ch4:ucx'),
    6,
    { PMI_FD: '7' },
    true,
  ],
  ['ranks of one host', mpich('4.0.2', 'ch4:ucx'), 2, hydra, false],
  ['MPICH over libfabric', mpich('4.0.2', 'ch4:ofi'), 6, hydra, false],
  ['MPICH 4.2, which closes its connections otherwise', mpich('4.2.0', 'ch4:ucx'), 6, hydra, false],
  ['MPICH 3', mpich('3.4.1', 'ch4:ucx'), 6, hydra, false],
  ['Open MPI', 'Open MPI v4.1.4, package: Debian', 6, hydra, false],
  ['ranks without a process manager to tell', mpich('4.0.2', 'ch4:ucx'), 6, {}, false],
])(
  'MPI_Finalize is replaced where it would hang, and nowhere else: %s',
  (_, version, size, env, expected) => {
    expect(mustEndApart(version, size, env)).toBe(expected);
  },
);
