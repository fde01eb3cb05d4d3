import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { EnvironmentError } from '../../../src/errors/environment-error.js';
import { chooseSrun, readKinds } from '../../../src/launch/srun/launcher.js';

const folder = mkdtempSync(join(tmpdir(), 'shoal-test-srun-'));
afterAll(() => rmSync(folder, { recursive: true }));

const slurm22 = `MPI plugin types are...
	none
	pmi2
	cray_shasta
	pmix
specific pmix plugin versions available: pmix_v4
`;
const slurm20 = 'srun: MPI types are...\nsrun: none\nsrun: pmi2\n';

test('the kinds of MPI that srun offers are read from both ways in which it lists them', () => {
  expect(readKinds(slurm22)).toEqual(['none', 'pmi2', 'cray_shasta', 'pmix']);
  expect(readKinds(slurm20)).toEqual(['none', 'pmi2']);
});

function environmentWith(list: string, library: string, more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const srun = join(folder, 'srun');
  writeFileSync(srun, `#!/bin/sh\ncat <<'END'\n${list}END\n`);
  chmodSync(srun, 0o755);
  return { PATH: `${folder}:/usr/bin:/bin`, SHOAL_LIBMPI: library, ...more };
}

test.each([
  ['Open MPI finds its ranks by PMIx', slurm22, '/opt/ompi/lib/libmpi.so.40', {}, 'pmix'],
  ['MPICH by PMI-2', slurm22, '/opt/mpich/lib/libmpich.so.12', {}, 'pmi2'],
  [
    'what the site or the user has chosen stays',
    slurm22,
    '/opt/x/libmpi.so.40',
    { SLURM_MPI_TYPE: 'pmix_v4' },
    'pmix_v4',
  ],
])('%s', (_, list, library, more, mpi) => {
  expect(chooseSrun(environmentWith(list, library, more))).toMatchObject({ family: 'srun', mpi, library });
});

test('an srun without PMIx is refused for Open MPI, with what it offers', () => {
  const attempt = (): unknown => chooseSrun(environmentWith(slurm20, '/opt/ompi/lib/libmpi.so.40'));
  expect(attempt).toThrow(EnvironmentError);
  expect(attempt).toThrow(/cannot start ranks of Open MPI/);
});

test('where there is no srun, that is said', () => {
  expect(() => chooseSrun({ PATH: '/nowhere' })).toThrow(/no srun found/);
});
