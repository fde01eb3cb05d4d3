/** Hosts that die, fall silent or fill up, and a Slurm that goes away: nothing is lost, and the results are the same. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { shellWord } from '../../src/process/spawn/shell-word.js';
import { readManifest } from '../../src/store/manifest.js';
import { program } from '../program.js';
import { type Cluster, startCluster } from './bed/cluster.js';
import { canHaveCluster } from './bed/obstacle.js';
import { recover } from './bed/recover.js';
import {
  scriptOf as chainScript,
  printed,
  submit as submitScript,
  untilGone,
  writeSites,
} from './slurm-site.js';
import { atWork, exported, jobEnd, type SlowStudy, shoalOn, shoalWords, slowStudy, submit } from './study.js';

const isPossible = canHaveCluster('faults of hosts and of Slurm during a run', {
  programs: ['mpirun.openmpi'],
});

describe.skipIf(!isPossible)('a run over several hosts', () => {
  let cluster: Cluster;
  let expected: string;

  beforeAll(async () => {
    program();
    cluster = await startCluster({ hosts: 3 });
    const study = slowStudy(cluster, 'sequential');
    study.quicken();
    const runDir = join(study.folder, 'run');
    const { code, stderr } = await shoalOn(cluster, 'ctl', [
      'run',
      study.file,
      '--run-dir',
      runDir,
      '--ranks',
      '1',
    ]);
    expect(code, stderr).toBe(0);
    expected = exported(runDir);
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await recover(cluster);
  });
  afterAll(() => cluster?.down());

  /** A script that runs a study by srun; a second start of it goes on. */
  const scriptOf = ({ file }: SlowStudy, runDir: string): string[] => {
    const command = [...shoalWords, 'run', file, '--run-dir', runDir, '--quiet'].map(shellWord).join(' ');
    return [`exec srun --mpi=pmix ${command}`];
  };

  test('by ssh gives the work of a host that dies, and of one that falls silent, to the others', async () => {
    const study = slowStudy(cluster, 'silence');
    const runDir = join(study.folder, 'run');
    const args = ['run', study.file, '--run-dir', runDir, '--launcher', 'local', '--host', 'n1:2,n2,n3'];
    const running = shoalOn(cluster, 'ctl', args);
    await atWork(cluster, study, ['n1', 'n2', 'n3']);
    await cluster.kill('n3');
    await cluster.partition('n2');
    // Those that are left wait for the one that is silent.
    study.quicken();
    const { code, stderr } = await running;
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('n3');
    expect(exported(runDir)).toBe(expected);
    await cluster.heal();
    await cluster.boot('n3');
    await cluster.until('the cut-off worker to end', async () => {
      return !(await cluster.exec('n2', ['ps', '-eo', 'args'])).stdout.includes('worker-stdio');
    });
  });

  test('by mpirun over ssh ends clearly when a host dies for good, and goes on with others', async () => {
    const study = slowStudy(cluster, 'mpirun');
    const runDir = join(study.folder, 'run');
    const args = ['run', study.file, '--run-dir', runDir, '--host', 'n1,n2,n3', '--restarts', '1'];
    const env = { SHOAL_MPIRUN: 'mpirun.openmpi' };
    const running = shoalOn(cluster, 'ctl', args, { env });
    await atWork(cluster, study, ['n2', 'n3']);
    await cluster.kill('n3');
    const { code, stderr } = await running;
    expect(code, stderr).toBe(2);
    expect(stderr).toMatch(/MPI ended the job.*Restart 1 goes on/);
    expect(stderr).toContain('resume');
    study.quicken();
    const resumed = await shoalOn(cluster, 'ctl', ['resume', runDir, '--host', 'n1,n2'], { env });
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(exported(runDir)).toBe(expected);
    await cluster.boot('n3');
    await cluster.nodesReady();
  });

  test('in a job whose node dies is queued again and completed by what is left', async () => {
    const study = slowStudy(cluster, 'requeue');
    const runDir = join(study.folder, 'run');
    const job = await submit(
      cluster,
      ['-N2', '-n4', '-w', 'n1,n2', '--requeue', '-t10'],
      scriptOf(study, runDir),
    );
    await atWork(cluster, study, ['n2']);
    await cluster.kill('n2');
    // What the controller would find out by itself some 40 s later.
    await cluster.exec('ctl', ['scontrol', 'update', 'nodename=n2', 'state=down', 'reason=died']);
    await cluster.until('the job to be queued again', async () => {
      const { stdout } = await cluster.exec('ctl', ['scontrol', 'show', 'job', job]);
      return /Restarts=1/.test(stdout) && /JobState=PENDING/.test(stdout);
    });
    study.quicken();
    // On other nodes, and without the two minutes that Slurm has a job wait that it queued again.
    const update = ['scontrol', 'update', `jobid=${job}`, 'ReqNodeList=n1,n3', 'StartTime=now'];
    expect((await cluster.exec('ctl', update)).stderr).toBe('');
    const { state, output } = await jobEnd(cluster, job);
    expect(state, output).toBe('COMPLETED');
    expect(exported(runDir)).toBe(expected);
    await cluster.boot('n2');
    await cluster.exec('ctl', ['scontrol', 'update', 'nodename=n2', 'state=resume']);
    await cluster.nodesReady();
  });

  /** The controller writes what it knows every five seconds, and a job that it has not written since it started is lost to it. */
  const untilWritten = async (job: string): Promise<void> => {
    const mark = `runs-${randomUUID()}`;
    await cluster.exec('ctl', ['scontrol', 'update', `jobid=${job}`, `comment=${mark}`]);
    await cluster.until('the controller to have written that the job runs', async () => {
      const state = '/var/lib/slurm/slurmctld/job_state';
      return (await cluster.exec('ctl', ['grep', '-q', mark, state])).code === 0;
    });
  };

  test('in a job does not notice that the controller was away', async () => {
    const study = slowStudy(cluster, 'controller');
    const runDir = join(study.folder, 'run');
    const job = await submit(cluster, ['-N2', '-n3', '-t10'], scriptOf(study, runDir));
    await cluster.until('some cases', async () => study.hostsAtWork().length > 8);
    await untilWritten(job);
    await cluster.stopSlurmctld();
    study.quicken();
    await cluster.startSlurmctld();
    const { state, output } = await jobEnd(cluster, job);
    expect(state, output).toBe('COMPLETED');
    expect(exported(runDir)).toBe(expected);
  });

  test('in a chain goes on in one further job, though the controller was away when the first ended', async () => {
    const study = slowStudy(cluster, 'chained');
    const runDir = join(study.folder, 'run');
    const { openmpi: site = '' } = writeSites(cluster);
    const script = chainScript(cluster, 'chained', [
      ...[
        study.file,
        '--site',
        site,
        '--nodes',
        '1',
        '--ranks',
        '2',
        '--run-dir',
        runDir,
        '--chain',
        'resubmit',
      ],
      ...['--signal', 'none', '--nodelist', 'n1'],
    ]);
    const job = await submitScript(cluster, script);
    await atWork(cluster, study, ['n1']);
    await untilWritten(job);
    await cluster.stopSlurmctld();
    // What Slurm's word before the limit does, which cannot come now.
    await cluster.exec('n1', [
      'bash',
      '-c',
      `kill -USR2 "$(pgrep -of 'job${job.padStart(5, '0')}/slurm_script')"`,
    ]);
    await cluster.until('sbatch to fail', async () =>
      printed(cluster, 'chained').includes('Unable to contact'),
    );
    await cluster.startSlurmctld();
    study.quicken();
    await untilGone(cluster, 'chained');
    const text = printed(cluster, 'chained');
    const own = [...text.matchAll(/^\d+ of 400 cases are done, (\d+) of them/gm)].map((link) =>
      Number(link[1]),
    );
    expect(own, text).toHaveLength(2);
    expect(own[0]! + own[1]!, text).toBe(400);
    expect(exported(runDir)).toBe(expected);
  });

  test('in a job that is cancelled keeps what is done, and resume completes it', async () => {
    const study = slowStudy(cluster, 'cancelled');
    const runDir = join(study.folder, 'run');
    const job = await submit(cluster, ['-N2', '-n4', '-t10'], scriptOf(study, runDir));
    await cluster.until('some cases', async () => study.hostsAtWork().length > 12);
    await cluster.exec('ctl', ['scancel', job]);
    const { state } = await jobEnd(cluster, job);
    expect(state).toBe('CANCELLED');
    await cluster.until('the ranks to end', async () => lastState(runDir) !== 'running');
    expect(lastState(runDir)).toBe('interrupted');
    const before = study.hostsAtWork().length;
    study.quicken();
    const { code, stderr } = await shoalOn(cluster, 'ctl', ['resume', runDir, '--ranks', '2']);
    expect(code, stderr).toBe(0);
    expect(exported(runDir)).toBe(expected);
    expect(study.hostsAtWork().length - before).toBeLessThan(400);
  });

  test('whose disk is full says so, and goes on when there is room', async () => {
    const study = slowStudy(cluster, 'full');
    study.quicken();
    await cluster.smallDisk('n1', '/tmp/disk', 200 << 10);
    const hosts = ['--launcher', 'local', '--host', 'n2,n3'];
    const full = await shoalOn(cluster, 'n1', ['run', study.file, '--run-dir', '/tmp/disk/run', ...hosts]);
    expect(full.code).toBe(2);
    expect(full.stderr).toMatch(/no space is left[\s\S]*resume/i);
    await cluster.remountDisk('n1', '/tmp/disk', 16 << 20);
    const roomy = await shoalOn(cluster, 'n1', ['resume', '/tmp/disk/run', ...hosts]);
    expect(roomy.code, roomy.stderr).toBe(0);
    expect((await cluster.exec('n1', ['cat', '/tmp/disk/run/results.csv'])).stdout).toBe(expected);
  });
});

function lastState(runDir: string): string | undefined {
  return readManifest(runDir)?.sessions.at(-1)?.state;
}
