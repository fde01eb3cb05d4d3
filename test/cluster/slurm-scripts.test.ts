/** Scripts of `shoal slurm` on a real Slurm: that it takes them, and what their jobs do. */
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/process/install.js';
import { runState } from '../chaos/run-state.js';
import { program, shoal } from '../program.js';
import { type Cluster, startCluster } from './bed/cluster.js';
import { canHaveCluster } from './bed/obstacle.js';
import { printed, queue, scriptOf, submit, untilGone, writeSites } from './slurm-site.js';

const golden = join(packageRoot(), 'test', 'launch', 'slurm', 'golden');
/** Cases take no time once there is a file `NAME.quick` beside it. */
const kernel = (name: string) => `import { existsSync } from 'node:fs';
const quick = new URL('${name}.quick', import.meta.url);
const pause = new Int32Array(new SharedArrayBuffer(4));
export const kernel = { name: 'slow', version: '1', inputs: [{ name: 'x' }, { name: 'ms' }], outputs: [{ name: 'y' }],
  run: ({ x, ms }) => { if (!existsSync(quick)) Atomics.wait(pause, 0, 0, ms); return { y: 2 * x }; } };`;
const slow = (name: string, cases: number, caseMs: number) =>
  `name: ${name}
kernel: ./${name}.mjs
parameters: { x: { linspace: [0, ${cases - 1}, ${cases}] }, ms: ${caseMs} }
output: [csv]
`;

describe.skipIf(!canHaveCluster('scripts for Slurm on a real one'))('scripts on a cluster', () => {
  let cluster: Cluster;
  let sites: ReturnType<typeof writeSites>;
  /** Of what needs no MPI, or either family. */
  let site: string;
  const path = (...parts: readonly string[]) => join(cluster.shared, ...parts);
  const read = (...parts: readonly string[]) => readFileSync(path(...parts), 'utf8');
  const counts = (runDir: string) =>
    shoal(['status', '--counts', path(runDir)], { cwd: cluster.shared }).stdout;

  const quicken = (name: string) => writeFileSync(path(`${name}.quick`), '');
  const isBegun = (runDir: string) => runState(path(runDir)).done.total > 0;

  beforeAll(async () => {
    program();
    cluster = await startCluster({
      hosts: 3,
      cpus: 8,
      slurmOptions: [
        ...['Licenses=solver:8', 'MaxArraySize=1001'],
        ...[1, 2, 3].map(
          (i) =>
            `NodeName=n${i} NodeAddr=10.77.0.1${i} CPUs=32 RealMemory=8000 Features=cascade,icelake State=UNKNOWN`,
        ),
        ...['main', 'short', 'long'].map(
          (name) => `PartitionName=${name} Nodes=n[1-3] Default=${name === 'main' ? 'YES' : 'NO'} State=UP`,
        ),
      ],
    });
    sites = writeSites(cluster);
    site = sites.openmpi ?? sites.mpich ?? 'generic';
    const studies = [
      ['chain', 60, 1000],
      ['stuck', 4, 600_000],
      ['node', 30, 1000],
    ] as const;
    for (const [name, cases, caseMs] of studies) {
      writeFileSync(path(`${name}.mjs`), kernel(name));
      writeFileSync(path(`${name}.yaml`), slow(name, cases, caseMs));
    }
    cpSync(join(packageRoot(), 'examples', '01-tem1d'), path('tem'), { recursive: true });
    const study = read('tem', 'study.yaml').replace(/count: \d+/, 'count: 300');
    writeFileSync(path('tem', 'study.yaml'), study);
  });
  afterAll(() => cluster?.down());

  test.each(readdirSync(golden))('sbatch would take the script %s', async (name) => {
    // What needs a database, a resource or a job that the cluster does not have.
    const text = readFileSync(join(golden, name), 'utf8').replaceAll(
      /^#SBATCH --(?:gpus|gpus-per-node|gres|reservation|dependency|nodelist|exclude)=.*\n/gm,
      '',
    );
    writeFileSync(path(name), text);
    const { code, stderr } = await cluster.exec('ctl', ['sbatch', '--test-only', name]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(/Job \d+ to start at/) });
  });

  test('one study gives the same bytes by mpirun, by srun, of both families, and as an array of 4 shards', async () => {
    // As at many sites: a login shell defines `module`, and what it reads is not set.
    writeFileSync(path('profile'), 'module() { echo "$1s $2 for $NOBODY_SET_THIS"; }\n');
    for (const host of ['n1', 'n2', 'n3']) {
      await cluster.exec(host, ['mount', '--bind', path('profile'), '/etc/profile']);
    }
    const jobs: Record<string, readonly string[]> = {
      'tem-array': ['--site', site, '--shards', '4', '--cpus-per-task', '1', '--modules', 'solver/1'],
    };
    for (const [family, file] of Object.entries(sites)) {
      jobs[`tem-${family}-mpirun`] = ['--site', file, '--nodes', '2', '--ranks', '3'];
      jobs[`tem-${family}-srun`] = ['--site', file, '--launcher', 'srun', '--nodes', '3', '--ranks', '3'];
    }
    for (const [name, args] of Object.entries(jobs)) {
      await submit(
        cluster,
        scriptOf(cluster, name, ['tem/study.yaml', ...args, '--run-dir', `runs/${name}`]),
      );
    }
    shoal(['run', 'tem/study.yaml', '--ranks', '1', '--quiet', '--run-dir', 'runs/here'], {
      cwd: cluster.shared,
    });
    const results = (name: string) => readFileSync(path('runs', name, 'results.parquet')).toString('base64');
    const here = results('here');
    for (const name of Object.keys(jobs)) {
      await untilGone(cluster, name);
      expect(counts(`runs/${name}`), printed(cluster, name)).toBe('300 300\n');
      expect(results(name) === here, `${name} has other bytes`).toBe(true);
      if (name === 'tem-array') expect(printed(cluster, name)).toMatch(/^loads solver\/1 for $/m);
      // All nodes were looked at before the ranks started.
      if (name.endsWith('-srun')) expect(printed(cluster, name)).toMatch(/^ready on(?: n[123]){3}: Node v/m);
    }
  });

  test.concurrent('a study longer than its jobs goes on in further ones until it is complete, whoever cut them', async () => {
    // Each job has the time for a part of the cases; the first is told before by Slurm's signal, and the last finds
    // them quick.
    const script = scriptOf(cluster, 'chain', [
      ...['chain.yaml', '--site', site, '--nodes', '1', '--ranks', '2', '--chain', 'resubmit'],
      ...['--run-dir', 'runs/chain', '--time-limit', '20 s', '--nodelist', 'n1'],
    ]);
    const job = await submit(cluster, script);
    await cluster.until('the first cases to be done', async () => isBegun('runs/chain'));
    await cluster.exec('ctl', ['scancel', '--batch', '--signal=USR2', job]);
    const linksIn = (text: string) => [
      ...text.matchAll(/^(\d+) of 60 cases are done, (\d+) of them by this job/gm),
    ];
    await cluster.until(
      'a job to end at its limit',
      async () => linksIn(printed(cluster, 'chain')).length >= 2,
      { everyMs: 300 },
    );
    quicken('chain');
    await untilGone(cluster, 'chain');
    const text = printed(cluster, 'chain');
    const links = linksIn(text);
    expect(links.length, text).toBeGreaterThanOrEqual(3);
    expect(
      links.map(([, , own]) => Number(own)).every((own) => own > 0),
      text,
    ).toBe(true);
    expect(counts('runs/chain')).toBe('60 60\n');
    expect(read('runs', 'chain', 'results.csv').trim().split('\n')).toHaveLength(61);
  });

  test.concurrent('a chain whose job adds no case stops and says so', async () => {
    const script = scriptOf(cluster, 'stuck', [
      ...['stuck.yaml', '--site', site, '--nodes', '1', '--ranks', '1', '--run-dir', 'runs/stuck'],
      ...['--time-limit', '3 s', '--nodelist', 'n2'],
    ]);
    const job = await submit(cluster, script);
    await untilGone(cluster, 'stuck');
    expect(printed(cluster, 'stuck')).toContain(
      'the chain stops: 0 of 4 cases are done, as many as before this job',
    );
    const { stdout } = await cluster.exec('ctl', ['scontrol', 'show', 'job', job]);
    expect(stdout).toMatch(/JobState=FAILED[\s\S]*ExitCode=1:0/);
  });

  test.concurrent('a job whose node dies goes on on another one, although the run directory was in use', async () => {
    const script = scriptOf(cluster, 'node', [
      ...['node.yaml', '--site', site, '--nodes', '1', '--ranks', '2', '--run-dir', 'runs/node'],
      ...['--launcher', 'srun', '--nodelist', 'n3'],
    ]);
    const job = await submit(cluster, script);
    await cluster.until('the first cases to be done', async () => isBegun('runs/node'));
    await cluster.kill('n3');
    quicken('node');
    const control = (...args: readonly string[]) => cluster.exec('ctl', ['scontrol', ...args]);
    // Sooner than Slurm would find out by itself, and without the two minutes that it holds a requeued job back.
    await control('update', 'nodename=n3', 'state=down', 'reason=killed');
    await cluster.until(
      'the job to be queued again',
      async () => (await queue(cluster, 'node'))[0] === 'PENDING',
    );
    await control('update', `jobid=${job}`, 'ReqNodeList=n2', 'StartTime=now');
    await untilGone(cluster, 'node');
    expect(counts('runs/node'), printed(cluster, 'node')).toBe('30 30\n');
    expect(printed(cluster, 'node')).toContain('30 of 30 cases are done');
    await cluster.boot('n3');
    await control('update', 'nodename=n3', 'state=resume');
  });
});
