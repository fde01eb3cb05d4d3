/** The same accident side by side: a case kills its worker, in mpi4py.futures and here. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packageRoot } from '../../src/process/install.js';
import { program, shoal } from '../program.js';
import { recordSkip } from '../skips.js';
import { type ChaosStudy, chaosStudy } from './study.js';
import { launcherOf } from './transports.js';

const cases = 300;
const deadly = 100;
const launcher = launcherOf('openmpi');
// Debian builds mpi4py for its own Python and against Open MPI; another Python may stand in front of it.
const python = ['/usr/bin/python3', 'python3'].find(
  (name) => spawnSync(name, ['-c', 'import mpi4py.futures'], { stdio: 'ignore' }).status === 0,
);
const hasPeer = python !== undefined && launcher !== undefined;
if (!hasPeer) recordSkip('the loss of a worker in mpi4py.futures: python3-mpi4py or Open MPI is missing');

let study: ChaosStudy;

beforeAll(() => {
  program();
  study = chaosStudy({
    ...{ cases, caseMs: 5, execution: { isolation: 'inline' } },
    before: `if (i === ${deadly}) process.kill(process.pid, 'SIGKILL');`,
  });
});

afterAll(() => study.remove());

test.skipIf(!hasPeer)('A killed worker costs mpi4py.futures the run, and us one case', () => {
  const root = { OMPI_ALLOW_RUN_AS_ROOT: '1', OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1' };
  const script = join(packageRoot(), 'test', 'chaos', 'futures.py');
  const line = ['-np', '3', '--oversubscribe', python!, '-m', 'mpi4py.futures', script];
  const peer = spawnSync(launcher!.path, line, {
    env: { ...process.env, ...root },
    encoding: 'utf8',
    timeout: 60_000,
  });
  const got = peer.stdout.trim().split('\n').filter(Boolean).length;
  expect(peer.status).not.toBe(0);
  expect(got).toBeLessThan(cases);

  const args = ['run', study.file, '--ranks', '3', '--launcher', 'mpirun', '--quiet', '--json'];
  const ours = shoal(args, { cwd: study.folder, env: { SHOAL_MPIRUN: launcher!.path } });
  const { done, failed, failures } = JSON.parse(ours.stdout);
  expect(done).toBe(cases);
  expect(failures).toContainEqual(expect.objectContaining({ type: 'WorkerLost', count: 1, example: deadly }));
  console.log(`mpi4py.futures, a worker killed: ${got} of ${cases} results, exit code ${peer.status}, the rest is lost
shoal, the same:                 ${done} of ${cases} results, one of them says WorkerLost (${failed} failed in all), exit code ${ours.status}`);
});
