import { expect, test } from 'vitest';
import { formatInfo, type InfoFacts, lacksOf } from '../../src/observe/info.js';
import { createStyle } from '../../src/observe/style.js';

const complete: InfoFacts = {
  version: '1.0.0',
  build: 'abc',
  node: 'v20.20.2',
  platform: 'linux x64',
  cores: 2,
  mpi: {
    path: 'libmpi.so.40',
    family: 'openmpi',
    libraryVersion: 'Open MPI v4.1.4, package: Debian OpenMPI',
    reason: 'started by mpirun',
    threadLevel: 'multiple',
    isFaultTolerant: false,
  },
  launchers: [
    {
      ...{ path: '/usr/bin/mpirun', family: 'openmpi', version: '4.1.4', library: '/usr/lib/libmpi.so.40' },
      overHosts: { OMPI_MCA_plm: 'rsh', OMPI_MCA_plm_rsh_args: '-o BatchMode=yes' },
    },
    {
      ...{ path: '/usr/bin/mpiexec.hydra', family: 'mpich', version: '4.0.2', library: undefined },
      overHosts: { HYDRA_LAUNCHER: 'ssh' },
    },
  ],
  spawnProblem: undefined,
  abilities: {
    memoryLimit: 'polled',
    availableMemory: 2 ** 33,
    pinning: [0, 1],
    gpus: 0,
    scratch: '/scratch',
  },
  compiler: 'cc 12.2.0',
  native: { path: '/dist/native/libshoal_native.so' },
  kernels: [{ name: 'tem1d', version: '1', forms: ['c', 'typescript'] }],
};

test('a complete machine lacks nothing', () => {
  expect(lacksOf(complete)).toEqual([]);
  expect(formatInfo(complete, createStyle(false, true))).toBe(
    [
      'shoal            1.0.0 (build abc)',
      'Node             v20.20.2, linux x64',
      'cores            2',
      'MPI library      Open MPI v4.1.4',
      '                 libmpi.so.40: started by mpirun',
      'ABI              Open MPI',
      'thread level     multiple',
      'fault tolerance  no: a lost rank ends its job',
      'launcher         /usr/bin/mpirun: Open MPI 4.1.4, with /usr/lib/libmpi.so.40',
      '                 /usr/bin/mpiexec.hydra: MPICH 4.0.2',
      'with --host      OMPI_MCA_plm=rsh',
      '                 OMPI_MCA_plm_rsh_args=-o BatchMode=yes',
      'commands         posix_spawn',
      'isolation        a process of its own for each kernel, watched case by case',
      'memory limit     kept by looking at resident memory several times a second; 8.00 GiB free',
      'pinning          workers share 2 cores',
      'GPUs             none',
      'scratch          /scratch',
      'C compiler       cc 12.2.0',
      'C kernels        /dist/native/libshoal_native.so',
      'kernels          tem1d 1: c, typescript',
    ].join('\n'),
  );
});

test('each thing that is missing is named with its effect and its remedy', () => {
  const bare: InfoFacts = {
    ...complete,
    mpi: undefined,
    mpiProblem: 'SHOAL_LIBMPI: cannot use /x.so',
    launchers: [],
    compiler: undefined,
    native: { missing: 'there is no cc to build it with' },
  };
  expect(lacksOf(bare)).toHaveLength(4);
  const text = formatInfo(bare, createStyle(false, true));
  expect(text).toContain(
    'MPI library (SHOAL_LIBMPI: cannot use /x.so)\n    studies run over local processes',
  );
  expect(text).toContain('which is slower: there is no cc to build it with');
  expect(text).toMatch(/C compiler\n.*\n {4}Debian: apt-get install gcc make/);
});
