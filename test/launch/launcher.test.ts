import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { chooseLauncher, findLaunchers, readVersion } from '../../src/launch/mpirun/launcher.js';

const openmpiText = 'mpirun (Open MPI) 4.1.4\n\nReport bugs to http://www.open-mpi.org/community/help/\n';
const hydraText = 'HYDRA build details:\n    Version:                                 4.0.2\n    CC: gcc\n';

describe('the version text', () => {
  test.each([
    [openmpiText, { family: 'openmpi', version: '4.1.4' }],
    ['mpirun.openmpi (OpenRTE) 4.1.4\n', { family: 'openmpi', version: '4.1.4' }],
    ['mpirun (Open MPI) 5.0.7\n', { family: 'openmpi', version: '5.0.7' }],
    [hydraText, { family: 'mpich', version: '4.0.2' }],
    [
      'Intel(R) MPI Library for Linux* OS, Version 2021.12 Build 20240213\n',
      { family: 'mpich', version: '2021.12' },
    ],
    ['some other mpirun 1.0\n', undefined],
  ])('%j is read as %j', (text, facts) => {
    expect(readVersion(text)).toEqual(facts);
  });
});

describe('finding launchers', () => {
  let prefix: string;
  const environment = (): NodeJS.ProcessEnv => ({ PATH: `${prefix}/bin:/usr/bin:/bin` });

  beforeEach(async () => {
    prefix = await mkdtemp(join(tmpdir(), 'shoal-mpi-'));
    await mkdir(join(prefix, 'bin'));
    await mkdir(join(prefix, 'lib'));
  });

  afterEach(() => rm(prefix, { recursive: true }));

  async function program(name: string, text: string): Promise<string> {
    const path = join(prefix, 'bin', name);
    await writeFile(path, `#!/bin/sh\ncat <<'END'\n${text}END\n`);
    await chmod(path, 0o755);
    return path;
  }

  test('takes mpirun before the others and pairs it with the library beside it', async () => {
    const path = await program('mpirun', hydraText);
    await program('mpirun.openmpi', openmpiText);
    await writeFile(join(prefix, 'lib', 'libmpi.so.12'), '');
    expect(chooseLauncher(environment())).toEqual({
      family: 'mpich',
      path,
      version: '4.0.2',
      library: join(prefix, 'lib', 'libmpi.so.12'),
    });
  });

  test('lists a program with two names once', async () => {
    await program('orterun', openmpiText);
    await symlink('orterun', join(prefix, 'bin', 'mpirun'));
    await symlink('orterun', join(prefix, 'bin', 'mpiexec'));
    const ours = findLaunchers(environment()).filter(({ path }) => path.startsWith(prefix));
    expect(ours.map(({ path }) => path)).toEqual([join(prefix, 'bin', 'mpirun')]);
  });

  test('passes over a program that is no launcher we know', async () => {
    await program('mpirun', 'mpirun of another kind\n');
    const path = await program('mpiexec.hydra', hydraText);
    const ours = findLaunchers({ PATH: `${prefix}/bin` });
    // The stand-ins are shell scripts that need cat: without it on PATH nothing can be identified.
    expect(ours).toEqual([]);
    const all = findLaunchers(environment()).filter((launcher) => launcher.path.startsWith(prefix));
    expect(all.map((launcher) => launcher.path)).toEqual([path]);
  });

  test('asks only the one that SHOAL_MPIRUN names', async () => {
    await program('mpirun', openmpiText);
    const path = await program('my-mpirun', hydraText);
    expect(chooseLauncher({ ...environment(), SHOAL_MPIRUN: path }).path).toBe(path);
    expect(chooseLauncher({ ...environment(), SHOAL_MPIRUN: 'my-mpirun' }).path).toBe(path);
    expect(() => chooseLauncher({ ...environment(), SHOAL_MPIRUN: '/bin/true' })).toThrow(
      'SHOAL_MPIRUN names /bin/true, which is no launcher',
    );
  });

  test('says what to do where there is none', () => {
    expect(() => chooseLauncher({ PATH: join(prefix, 'bin') })).toThrow('no mpirun or mpiexec');
  });
});
