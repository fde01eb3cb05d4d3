/** One study, however its ranks come to their hosts: the same bits everywhere. */
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { shellWord } from '../../src/process/spawn/shell-word.js';
import { program } from '../program.js';
import { recordSkip } from '../skips.js';
import { type Cluster, startCluster } from './bed/cluster.js';
import { canHaveCluster, isInstalled } from './bed/obstacle.js';
import { exported, jobEnd, shoalOn, shoalWords, submit, temStudy } from './study.js';

const isPossible = canHaveCluster('runs over several hosts');
const families = [
  { name: 'Open MPI', mpi: 'openmpi', mpirun: 'mpirun.openmpi', srun: 'srun --mpi=pmix' },
  { name: 'MPICH', mpi: 'mpich', mpirun: 'mpirun.mpich', srun: 'srun --mpi=pmi2' },
].filter(({ name, mpirun }) => {
  if (isPossible && !isInstalled(mpirun)) recordSkip(`runs of ${name} over several hosts: no ${mpirun}`);
  return isInstalled(mpirun);
});

describe.skipIf(!isPossible)('a study has the bits of its sequential run', () => {
  let cluster: Cluster;
  let study: string;
  let expected: string;
  let runs = 0;

  beforeAll(async () => {
    program();
    cluster = await startCluster({ hosts: 3 });
    study = temStudy(cluster);
    expected = await resultOf(['--ranks', '1'], 'sequential');
    expect(expected.split('\n')).toHaveLength(3002);
  });
  afterAll(() => cluster?.down());

  /** Runs it from the login host and returns the export. */
  const resultOf = async (args: readonly string[], text: string, env = {}): Promise<string> => {
    const runDir = join(cluster.shared, `run-${++runs}`);
    const { code, stdout, stderr } = await shoalOn(
      cluster,
      'ctl',
      ['run', study, '--run-dir', runDir, ...args],
      {
        env,
      },
    );
    expect(code, stderr).toBe(0);
    if (text !== 'sequential') expect(stdout).toContain(text);
    return exported(runDir);
  };

  /** Runs it in a batch job, by a launcher that its script names. */
  const resultOfJob = async (launcher: string, text: string): Promise<string> => {
    const runDir = join(cluster.shared, `run-${++runs}`);
    const command = [...shoalWords, 'run', study, '--run-dir', runDir, '--quiet'].map(shellWord).join(' ');
    const job = await submit(cluster, ['-N3', '-n3', '-t10'], [`${launcher} ${command}`]);
    const { state, output } = await jobEnd(cluster, job);
    expect(state, output).toBe('COMPLETED');
    expect(output).toContain(text);
    return exported(runDir);
  };

  describe.each(families)('$name', ({ name, mpirun, srun }) => {
    test('on one host by mpirun', async () => {
      const env = { SHOAL_MPIRUN: mpirun };
      expect(await resultOf(['--host', 'n1:2'], `2 ranks over ${name}`, env)).toBe(expected);
    });

    test('on three hosts by mpirun over ssh', async () => {
      const env = { SHOAL_MPIRUN: mpirun };
      expect(await resultOf(['--host', 'n1,n2,n3'], `3 ranks over ${name}`, env)).toBe(expected);
    });

    test('in a batch job by mpirun', async () => {
      expect(await resultOfJob(mpirun, `3 ranks over ${name}`)).toBe(expected);
    });

    test('in a batch job by srun', async () => {
      expect(await resultOfJob(srun, `3 ranks over ${name}`)).toBe(expected);
    });

    test('by an srun of our own', async () => {
      const args = ['--launcher', 'srun', '--ranks', '2', '--host', 'n1,n3'];
      // Of a starter that was killed before this host was booted, and of one on another host.
      const left = (host: string) => join(cluster.shared, `.shoal-job-${shortHash(host)}000000-7-7-left`);
      for (const host of ['ctl', 'n2']) mkdirSync(left(host), { recursive: true });
      expect(await resultOf(args, `2 ranks over ${name}`, { SHOAL_MPIRUN: mpirun })).toBe(expected);
      const hidden = readdirSync(cluster.shared).filter((file) => file.startsWith('.shoal-job-'));
      expect(hidden.map((file) => join(cluster.shared, file))).toEqual([left('n2')]);
    });
  });

  test('as a job array of four shards, which needs no MPI', async () => {
    const runDir = join(cluster.shared, `run-${++runs}`);
    const args = ['slurm', study, '--shards', '4', '--run-dir', runDir, '--time', '5 min'];
    const script = await cluster.exec('ctl', [...shoalWords, ...args]);
    expect(script.code, script.stderr).toBe(0);
    const sent = await cluster.exec('ctl', ['sbatch', '--parsable', '--wait'], {
      input: script.stdout,
    });
    expect(sent.code, sent.stderr).toBe(0);
    expect(exported(runDir)).toBe(expected);
    expect(existsSync(join(`${runDir}-shards`, '4-of-4'))).toBe(true);
  });

  test('submitted from a laptop, whose disk no host sees, and fetched', async () => {
    const laptop = join(cluster.shared, 'laptop');
    mkdirSync(laptop);
    copyFileSync(study, join(laptop, 'study.yaml'));
    const { mpi = 'openmpi', mpirun = 'mpirun' } = families[0] ?? {};
    const launch = mpi === 'openmpi' ? `${mpirun} --oversubscribe` : mpirun;
    const site = `program: ${JSON.stringify(shoalWords)}
mpi: ${mpi}
environment: { OMPI_ALLOW_RUN_AS_ROOT: 1, OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: 1, OMPI_MCA_btl_tcp_if_include: eth0 }
launchers: { ${mpi}: { mpirun: ${launch} } }
`;
    writeFileSync(join(laptop, 'there.yaml'), site);
    const there = ['--host', 'root@n1'];
    const on = async (args: readonly string[]): Promise<string> => {
      const done = await cluster.exec('ctl', [...shoalWords, ...args], { cwd: laptop });
      expect(done.code, done.stderr).toBe(0);
      return done.stdout;
    };
    const job = ['--site', './there.yaml', '--nodes', '3', '--ranks', '3', '--time', '5 min', '--json'];
    const { jobId } = JSON.parse(await on(['submit', 'study.yaml', ...there, ...job]));
    expect(await on(['logs', jobId, ...there, '--follow'])).toContain('3000 of 3000 cases are done');
    await on(['fetch', jobId, ...there, '--to', 'here']);
    expect(exported(join(laptop, 'here'))).toBe(expected);
  });

  test('on three hosts by ssh alone, over one connection to each', async () => {
    const accepted = () =>
      readFileSync(cluster.logFile('n1', 'sshd'), 'utf8').split('Accepted publickey').length;
    const before = accepted();
    const args = ['--launcher', 'local', '--host', 'n1:2,n2,n3'];
    expect(await resultOf(args, '4 ranks over local processes')).toBe(expected);
    expect(accepted() - before).toBe(1);
  });

  test('on hosts that are named where there is no MPI', async () => {
    const env = { SHOAL_MPIRUN: '/no/such/mpirun' };
    expect(await resultOf(['--host', 'n2,n3'], '2 ranks over local processes', env)).toBe(expected);
  });

  test('and so has an expansion by MOPAC and a potential, by ssh, mpirun and srun', async () => {
    const isMopacThere = isInstalled('mopac');
    if (!isMopacThere) recordSkip('expansions by a program over several hosts: no mopac');
    const input = join(cluster.shared, 'expansion.json');
    writeFileSync(input, JSON.stringify(expansion(isMopacThere)));
    const answerOf = async (args: readonly string[], env = {}): Promise<string> => {
      const runDir = join(cluster.shared, `run-${++runs}`);
      const words = ['manybody', 'run', input, '--run-dir', runDir, ...args];
      const { code, stdout, stderr } = await shoalOn(cluster, 'ctl', words, { env });
      expect(code, stderr).toBe(0);
      expect(stdout).toContain('13 cases completed');
      return readFileSync(join(runDir, 'answer', 'result.json'), 'utf8');
    };
    const sequential = await answerOf(['--ranks', '1']);
    expect(JSON.parse(sequential)).toMatchObject({ success: true });
    expect(await answerOf(['--launcher', 'local', '--host', 'n1,n2,n3'])).toBe(sequential);
    for (const [i, { mpirun }] of families.entries()) {
      const words = i === 0 ? ['--launcher', 'srun', '--ranks', '2'] : ['--launcher', 'mpirun'];
      expect(await answerOf([...words, '--host', 'n1,n3'], { SHOAL_MPIRUN: mpirun })).toBe(sequential);
    }
  });

  test('and what cannot be run is refused before anything is written', async () => {
    const refused = async (...args: string[]): Promise<string> => {
      const { code, stderr } = await shoalOn(cluster, 'ctl', ['run', study, '--run-dir', 'none', ...args]);
      expect(code).toBe(2);
      return stderr;
    };
    expect(await refused('--host', 'n1;n2')).toContain('node1,node2:4');
    expect(await refused('--host', 'n1', '--launcher', 'local', '--memory-limit', '1 GB')).toContain(
      'memory limit',
    );
    expect((await cluster.exec('ctl', ['ls', '-A'])).stdout).not.toContain('none');
  });
});

/** Energy and gradient of three neon atoms: pairs by a program where there is one, and by a potential what three add. */
function expansion(hasMopac: boolean): object {
  const potential = { program: 'potential', method: 'lennard-jones+axilrod-teller-muto' };
  return {
    name: 'expansion',
    molecule: {
      units: 'angstrom',
      geometry: ['Ne 0 0 0', 'Ne 3.1 0.2 -0.3', 'Ne 1.4 3.2 0.4'].join('\n--\n'),
    },
    driver: 'gradient',
    bsse: 'nocp',
    levels: { 2: hasMopac ? { program: 'mopac', method: 'PM7' } : potential, 3: potential },
  };
}

/** As names of folders for a moment have a host. */
function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 6);
}
