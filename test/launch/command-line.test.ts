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
