import { describe, expect, test } from 'vitest';
import { commandLine, type JobRequest } from '../../src/launch/mpirun/command-line.js';
import type { Launcher } from '../../src/launch/mpirun/launcher.js';

const openmpi4: Launcher = {
  family: 'openmpi',
  path: '/usr/bin/mpirun',
  version: '4.1.4',
  library: '/usr/lib/libmpi.so.40',
};
const openmpi5: Launcher = { ...openmpi4, path: '/opt/ompi/bin/mpirun', version: '5.0.7' };
const mpich: Launcher = {
  family: 'mpich',
  path: '/usr/bin/mpiexec.hydra',
  version: '4.0.2',
  library: '/usr/lib/libmpich.so.12',
};

function request(launcher: Launcher, changes: Partial<JobRequest> = {}): JobRequest {
  return {
    launcher,
    ranks: 4,
    command: ['node', 'dist/main.js', 'run', 'my study.yaml'],
    isRoot: false,
    callerEnvironment: {},
    rankEnvironment: { SHOAL_PARENT: '{}' },
    ...changes,
  };
}

const hosts = {
  list: [
    { name: 'n1', slots: 2 },
    { name: 'n2', slots: 1 },
  ],
  subnet: '10.0.0.0/24',
};
const ssh = '-o BatchMode=yes -o ConnectTimeout=10 -o ServerAliveInterval=5 -o ServerAliveCountMax=3';

describe('the command line over several hosts', () => {
  test('of Open MPI 4 goes by ssh, over one network, and notices hosts that fall silent', () => {
    const { args, environment } = commandLine(request(openmpi4, { hosts }));
    expect(args.slice(0, 4)).toEqual(['-np', '4', '--host', 'n1:2,n2:1']);
    expect(environment).toMatchObject({
      OMPI_MCA_plm: 'rsh',
      OMPI_MCA_plm_rsh_args: ssh,
      OMPI_MCA_oob_tcp_keepalive_time: '5',
      OMPI_MCA_oob_tcp_if_include: '10.0.0.0/24',
      OMPI_MCA_btl_tcp_if_include: '10.0.0.0/24',
    });
  });

  test('of Open MPI 5 says the same to its own launcher', () => {
    expect(commandLine(request(openmpi5, { hosts })).environment).toMatchObject({
      PRTE_MCA_plm: 'ssh',
      PRTE_MCA_plm_ssh_args: ssh,
      PRTE_MCA_prte_if_include: '10.0.0.0/24',
    });
  });

  test('of MPICH names hosts in its way', () => {
    const { args, environment } = commandLine(request(mpich, { hosts }));
    expect(args.slice(0, 4)).toEqual(['-hosts', 'n1:2,n2:1', '-n', '4']);
    expect(environment).toMatchObject({ HYDRA_LAUNCHER: 'ssh', HYDRA_LAUNCHER_EXTRA_ARGS: ssh });
  });

  test('leaves what the user has set', () => {
    const callerEnvironment = { OMPI_MCA_btl_tcp_if_include: 'ib0', HYDRA_LAUNCHER: 'rsh' };
    const ompi = commandLine(request(openmpi4, { hosts, callerEnvironment })).environment;
    expect(ompi).not.toHaveProperty('OMPI_MCA_btl_tcp_if_include');
    expect(ompi).toHaveProperty('OMPI_MCA_plm_rsh_args');
    expect(commandLine(request(mpich, { hosts, callerEnvironment })).environment).not.toHaveProperty(
      'HYDRA_LAUNCHER',
    );
  });

  test.each([
    ['pmix', undefined, []],
    ['pmi2', hosts, ['--nodelist=n1,n2', '--nodes=2']],
  ])('of srun asks for --mpi=%s and gives standard input to rank 0 alone', (mpi, where, placed) => {
    const srun = { family: 'srun', path: '/usr/bin/srun', mpi, library: '/usr/lib/libmpi.so.40' } as const;
    const line = commandLine(request(openmpi4, { launcher: srun, hosts: where }));
    expect(line.program).toBe('/usr/bin/srun');
    expect(line.args).toEqual([
      ...[`--mpi=${mpi}`, '--ntasks=4', ...placed],
      ...['--input=0', '--kill-on-bad-exit=1', '--export=ALL'],
      ...['node', 'dist/main.js', 'run', 'my study.yaml'],
    ]);
    expect(line.environment).toMatchObject({ SHOAL_PARENT: '{}', SHOAL_LIBMPI: '/usr/lib/libmpi.so.40' });
  });
});

describe('the command line', () => {
  test('of Open MPI 4 allows more ranks than cores, binds none, and names the variables that travel', () => {
    expect(commandLine(request(openmpi4))).toEqual({
      program: '/usr/bin/mpirun',
      args: [
        ...['-np', '4', '--oversubscribe', '--bind-to', 'none'],
        ...['-x', 'NO_COLOR', '-x', 'SHOAL_PARENT', '-x', 'SHOAL_LIBMPI'],
        ...['node', 'dist/main.js', 'run', 'my study.yaml'],
      ],
      environment: { NO_COLOR: '1', SHOAL_PARENT: '{}', SHOAL_LIBMPI: '/usr/lib/libmpi.so.40' },
    });
  });

  test('of Open MPI 5 says the same in its own words, and that ranks may be lost', () => {
    expect(commandLine(request(openmpi5)).args.slice(0, 8)).toEqual([
      ...['-np', '4', '--with-ft', 'ulfm', '--map-by', ':OVERSUBSCRIBE', '--bind-to', 'none'],
    ]);
  });

  test('of MPICH needs no flags', () => {
    expect(commandLine(request(mpich))).toEqual({
      program: '/usr/bin/mpiexec.hydra',
      args: ['-n', '4', 'node', 'dist/main.js', 'run', 'my study.yaml'],
      environment: { NO_COLOR: '1', SHOAL_PARENT: '{}', SHOAL_LIBMPI: '/usr/lib/libmpich.so.12' },
    });
  });

  test('as root permits root to Open MPI alone', () => {
    const permission = { OMPI_ALLOW_RUN_AS_ROOT: '1', OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1' };
    expect(commandLine(request(openmpi4, { isRoot: true })).environment).toMatchObject(permission);
    expect(commandLine(request(mpich, { isRoot: true })).environment).not.toHaveProperty(
      'OMPI_ALLOW_RUN_AS_ROOT',
    );
  });

  test('keeps the library that the user chose, and names none where none is known', () => {
    const chosen = commandLine(request(openmpi4, { callerEnvironment: { SHOAL_LIBMPI: '/mine.so' } }));
    expect(chosen.environment.SHOAL_LIBMPI).toBe('/mine.so');
    const unknown = commandLine(request({ ...openmpi4, library: undefined }));
    expect(unknown.environment).not.toHaveProperty('SHOAL_LIBMPI');
  });
});
