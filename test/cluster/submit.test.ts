/** Submitting to a real Slurm, with what goes wrong there. */
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JobFacts } from '../../src/cli/job-facts.js';
import { newToken, type Submission } from '../../src/launch/slurm/submit/submission.js';
import { mainScript } from '../../src/process/install.js';
import { program } from '../program.js';
import { type Cluster, startCluster } from './bed/cluster.js';
import type { Executed } from './bed/enter.js';
import { canHaveCluster } from './bed/obstacle.js';
import { writeSites } from './slurm-site.js';

const tem = `name: tem
solver: tem1d
settings: { times: { logspace: [1e-6, 1e-3, 5] } }
sample: { count: 20, method: random, seed: 4 }
parameters:
  resistivities: { lognormal: { mean: 2, std: 0.5, base: 10 }, size: 2 }
derived: { depths: [0, 30] }
output: [csv]
`;

const sleeping = `name: sleeping
kernel: { command: [sleep, "{seconds}"] }
parameters: { seconds: [300, 301] }
`;

describe.skipIf(!canHaveCluster('submitting to a real Slurm'))('submitted studies', () => {
  let cluster: Cluster;
  let site: string;
  let limited: JobFacts;
  const path = (...parts: readonly string[]) => join(cluster.shared, ...parts);

  /** shoal on the host where users log in; `bin` comes first on its PATH. */
  const command = (args: readonly string[], bin?: string): readonly string[] => {
    const search = bin === undefined ? '' : `PATH=${path(bin)}:$PATH `;
    const words = [process.execPath, mainScript(), ...args].map((word) => `'${word}'`).join(' ');
    return ['bash', '-c', `${search}exec ${words}`];
  };
  const shoal = (args: readonly string[], bin?: string): Promise<Executed> =>
    cluster.exec('ctl', command(args, bin));
  const submitted = async (
    args: readonly string[],
    bin?: string,
  ): Promise<JobFacts & { isFound: boolean }> => {
    const { code, stdout, stderr } = await shoal(['submit', ...args, '--json'], bin);
    if (code !== 0) throw new Error(`submit ${args.join(' ')}: ${stderr}`);
    return JSON.parse(stdout);
  };
  const jobs = async (): Promise<readonly JobFacts[]> => JSON.parse((await shoal(['jobs', '--json'])).stdout);
  const jobOf = async (runDir: string): Promise<JobFacts> => {
    const found = (await jobs()).find((job) => job.runDir === path(runDir));
    if (!found) throw new Error(`no job of ${runDir}`);
    return found;
  };
  const reaches = async (runDir: string, is: (job: JobFacts) => boolean): Promise<JobFacts> => {
    let last: JobFacts | undefined;
    let seen: string | undefined;
    let looks = 0;
    const isReached = async (): Promise<boolean> => {
      const { stdout } = await cluster.exec('ctl', ['squeue', '-h', '-t', 'all', '-o', '%A %T %r']);
      // The program is asked when Slurm says something new, and now and then.
      if (stdout === seen && ++looks % 40 > 0) return false;
      seen = stdout;
      last = await jobOf(runDir);
      return is(last);
    };
    await cluster.until(`the job of ${runDir}`, isReached, { everyMs: 200 }).catch((error) => {
      throw new Error(`${(error as Error).message}: ${JSON.stringify(last)}`);
    });
    return last as JobFacts;
  };
  const withToken = async (token: string): Promise<readonly string[]> => {
    const { stdout } = await cluster.exec('ctl', ['squeue', '-h', '-t', 'all', '-o', '%A %k']);
    return stdout.split('\n').filter((line) => line.endsWith(` ${token}`));
  };
  const tokensOf = (runDir: string): readonly string[] =>
    readdirSync(path(runDir, 'jobs'))
      .filter((name) => name.endsWith('.json'))
      .map((name) => name.slice(0, -'.json'.length));
  /** A program that stands in front of sbatch. */
  const inFrontOfSbatch = (bin: string, script: string): void => {
    mkdirSync(path(bin), { recursive: true });
    writeFileSync(
      path(bin, 'sbatch'),
      `#!/bin/bash\ncase " $* " in *" --test-only "*) exec /usr/bin/sbatch "$@";; esac\n${script}\n`,
    );
    chmodSync(path(bin, 'sbatch'), 0o755);
  };
  const options = (runDir: string) => [
    '--site',
    site,
    '--nodes',
    '1',
    '--ranks',
    '2',
    '--run-dir',
    path(runDir),
  ];

  const on = (runDir: string, ...more: readonly string[]) =>
    submitted(['sleeping.yaml', ...options(runDir), '--chain', 'none', '--requeue', 'no', ...more]);

  beforeAll(async () => {
    program();
    cluster = await startCluster({ hosts: 2, cpus: 8 });
    const sites = writeSites(cluster);
    site = sites.openmpi ?? sites.mpich ?? '';
    writeFileSync(path('tem.yaml'), tem);
    writeFileSync(path('sleeping.yaml'), sleeping);
    await cluster.nodesReady();
    // Slurm looks at time limits twice a minute: this job reaches its own while others are tested.
    limited = await on(
      'runs/limit',
      '--time',
      '1 min',
      '--time-limit',
      'none',
      '--signal',
      'none',
      '--nodelist',
      'n1',
    );
  });
  afterAll(() => cluster?.down());

  test('go from submit over watch and logs to their results, and may be submitted again', async () => {
    const { jobId, token, words } = await submitted(['tem.yaml', ...options('runs/tem')]);
    expect(jobId).toMatch(/^\d+$/);
    expect(words).toMatch(/^(waits|is)\b/);
    const watched = await shoal(['watch', 'runs/tem']);
    expect(watched).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/tem: completed[\s\S]*20 of 20 cases done[\s\S]*job \d+ /),
    });
    const followed = await shoal(['logs', `${jobId}`, '--follow']);
    expect(followed.stdout).toMatch(/20 of 20 cases are done, 20 of them by this job \(exit code 0\)/);
    expect(followed.stderr).toMatch(/the job completed in/);
    expect((await shoal(['logs', 'runs/tem'])).stdout).toBe(followed.stdout);
    expect(await jobOf('runs/tem')).toMatchObject({
      jobId,
      token,
      state: 'COMPLETED',
      phase: 'ended',
      run: { done: 20, cases: 20 },
    });
    expect(readFileSync(path('runs/tem/results.csv'), 'utf8').trim().split('\n')).toHaveLength(21);
    const table = await shoal(['jobs']);
    expect(table.stdout).toMatch(
      new RegExp(`^${jobId} +tem +COMPLETED .* 1 +20/20 \\(100 %\\)\\n    completed in`, 'm'),
    );
    expect((await shoal(['cancel', 'runs/tem'])).stdout).toMatch(/^nothing to cancel: it completed/);
    const again = await submitted(['tem.yaml', ...options('runs/tem')]);
    expect(again.jobId).not.toBe(jobId);
    expect((await shoal(['status', 'runs/tem', '--json'])).stdout).toContain(`"jobId": "${again.jobId}"`);
  });

  test.each([
    [['--partition', 'nope'], /there is no such partition .*invalid partition specified: nope.*sinfo -s/s],
    [['--gpus', '3'], /there is no such GPU/],
    [['--time', '5 parsecs'], /a time with its unit/],
  ])('are refused with %j before anything is written', async (more, words) => {
    const done = await shoal(['submit', 'tem.yaml', ...options('runs/refused'), ...more]);
    expect(done).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(words) });
    expect(existsSync(path('runs/refused'))).toBe(false);
  });

  test('have one job when the controller restarts while they are submitted', async () => {
    await cluster.stopSlurmctld();
    const submit = cluster.start(
      'ctl',
      command(['submit', 'tem.yaml', ...options('runs/restart'), '--json']),
    );
    const printed = { stdout: '', stderr: '' };
    submit.stdout?.on('data', (part) => {
      printed.stdout += part;
    });
    submit.stderr?.on('data', (part) => {
      printed.stderr += part;
    });
    const ended = once(submit, 'close');
    await cluster.until('a note', async () =>
      /connect failure.*looking whether the job is there/.test(printed.stderr),
    );
    expect(tokensOf('runs/restart')).toHaveLength(1);
    await cluster.startSlurmctld();
    await ended;
    await cluster.nodesReady();
    const { stdout } = printed;
    const { token } = JSON.parse(stdout) as JobFacts;
    expect(await withToken(token)).toHaveLength(1);
    expect((await reaches('runs/restart', ({ phase }) => phase === 'ended')).state).toBe('COMPLETED');
  });

  test('have one job when the answer of sbatch is lost', async () => {
    inFrontOfSbatch(
      'lost',
      `/usr/bin/sbatch "$@" >/dev/null
echo 'sbatch: error: Batch job submission failed: Socket timed out on send/recv operation' >&2; exit 1`,
    );
    const { token, jobId } = await submitted(['sleeping.yaml', ...options('runs/lost')], 'lost');
    expect(await withToken(token)).toEqual([`${jobId} ${token}`]);
    const refused = await shoal(['submit', 'sleeping.yaml', ...options('runs/lost')]);
    expect(refused).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/computes this run already.*cancel/),
    });
    await shoal(['cancel', 'runs/lost']);
    expect(await reaches('runs/lost', ({ phase }) => phase === 'ended')).toMatchObject({
      state: 'CANCELLED',
      words: expect.stringMatching(/^was cancelled/),
    });
  });

  test('have one job when submit is killed behind sbatch, and when it is killed in front of it', async () => {
    inFrontOfSbatch('behind', `/usr/bin/sbatch "$@" >/dev/null; kill -9 $PPID`);
    inFrontOfSbatch('before', 'kill -9 $PPID');
    for (const [bin, runDir] of [
      ['behind', 'runs/behind'],
      ['before', 'runs/before'],
    ] as const) {
      expect(await shoal(['submit', 'sleeping.yaml', ...options(runDir)], bin)).toMatchObject({
        signal: 'SIGKILL',
      });
      expect(tokensOf(runDir)).toHaveLength(1);
    }
    const found = await submitted(['sleeping.yaml', ...options('runs/behind')]);
    expect(found).toMatchObject({ isFound: true, token: tokensOf('runs/behind')[0] });
    expect(await withToken(found.token)).toEqual([`${found.jobId} ${found.token}`]);
    expect(await jobOf('runs/before')).toMatchObject({ jobId: null, state: 'not submitted', phase: 'ended' });
    const fresh = await submitted(['sleeping.yaml', ...options('runs/before')]);
    expect(fresh.isFound).toBe(false);
    for (const each of [found, fresh]) await shoal(['cancel', `${each.jobId}`]);
  });

  test('say in words why they wait and how they ended', async () => {
    const onNode = await on('runs/node', '--nodelist', 'n2');
    const never = await on('runs/never', '--dependency', `afterok:${limited.jobId}`);
    const held = await on('runs/held');
    await cluster.exec('ctl', ['scontrol', 'hold', `${held.jobId}`]);
    await reaches('runs/node', ({ phase }) => phase === 'running');
    expect(await jobOf('runs/never')).toMatchObject({
      words: expect.stringMatching(/^waits: .*\(Dependency/),
    });
    expect(await jobOf('runs/held')).toMatchObject({ state: expect.stringMatching(/^(PENDING|RUNNING)$/) });
    await cluster.exec('ctl', ['scontrol', 'update', 'nodename=n2', 'state=down', 'reason=test']);
    expect(await reaches('runs/node', ({ phase }) => phase === 'ended')).toMatchObject({
      state: 'NODE_FAIL',
      words: 'ended because a node failed (of n2)',
    });
    await cluster.exec('ctl', ['scontrol', 'update', 'nodename=n2', 'state=resume']);
    await shoal(['cancel', `${held.jobId}`]);
    expect(await reaches('runs/limit', ({ phase }) => phase === 'ended')).toMatchObject({
      state: 'TIMEOUT',
      words: 'reached its time limit of 1:00',
    });
    expect(await reaches('runs/never', ({ reason }) => reason === 'DependencyNeverSatisfied')).toMatchObject({
      words: expect.stringMatching(/it will never start/),
      hint: expect.stringMatching(/cancel it/),
    });
    await shoal(['cancel', `${never.jobId}`]);
    expect(onNode.token).not.toBe(limited.token);
  });

  test('are followed to a word when Slurm has forgotten them', async () => {
    const { token } = await jobOf('runs/tem');
    const folder = join(cluster.home('root'), '.local', 'state', 'shoal', 'jobs');
    const known = JSON.parse(readFileSync(join(folder, `${token}.json`), 'utf8')) as Submission;
    const { end: _end, ...rest } = known;
    const forgotten: Submission = {
      ...{ ...rest, token: newToken(), runDir: path('runs/forgotten') },
      state: { kind: 'submitted', jobId: '3999999', at: known.created },
    };
    writeFileSync(join(folder, `${forgotten.token}.json`), JSON.stringify(forgotten));
    expect(await shoal(['logs', '3999999', '--follow'])).toMatchObject({
      code: 0,
      stderr: 'note: job 3999999 is not known to Slurm any more, nor how it ended\n',
    });
  });

  test('are followed as a job array, task by task', async () => {
    const { jobId } = await submitted([
      'tem.yaml',
      '--site',
      site,
      '--shards',
      '3',
      '--array-limit',
      '2',
      '--run-dir',
      path('runs/array'),
    ]);
    expect(await jobOf('runs/array')).toMatchObject({
      tasks: { bad: 0 },
      words: expect.stringMatching(/^has 3 tasks: /),
    });
    const ended = await reaches('runs/array', ({ phase }) => phase === 'ended');
    expect(ended).toMatchObject({
      state: 'COMPLETED',
      tasks: { ended: 3, waiting: 0 },
      run: { done: 20, cases: 20 },
    });
    expect((await shoal(['logs', `${jobId}_2`])).stdout).toMatch(/^shard 2: 7 of 7 cases are done/m);
    const scripts = readdirSync(path('runs/array/jobs')).filter((name) => name.endsWith('.sh'));
    expect(statSync(path('runs/array/jobs', scripts[0] ?? '')).mode & 0o077).toBe(0);
    rmSync(path('runs/array/manifest.json'));
    expect((await shoal(['status', path('runs/array')])).stdout).toMatch(
      /^tem: 100 %, 20 of 20 cases done by shards\n {2}job \d+ has 3 tasks: 3 ended$/m,
    );
    expect((await shoal(['logs', `${jobId}`])).stdout).toMatch(/==> job \d+_1 <==[\s\S]*==> job \d+_3 <==/);
  });

  test('go to another host and come back from it with the same results', async () => {
    const there = ['--host', 'root@n1'];
    const remoteSite = path('n1.yaml');
    const program = JSON.stringify([process.execPath, mainScript()]);
    writeFileSync(remoteSite, `${readFileSync(site, 'utf8')}program: ${program}\n`);
    mkdirSync(path('laptop'));
    writeFileSync(path('laptop', 'study.yaml'), tem);
    const laptop = (args: readonly string[]) => cluster.exec('ctl', command(args), { cwd: path('laptop') });
    const done = await laptop([
      ...['submit', 'study.yaml', ...there, '--site', remoteSite, '--nodes', '1', '--ranks', '2', '--json'],
    ]);
    expect(done.code, done.stderr).toBe(0);
    expect(done.stderr).toMatch(/1 file sent to root@n1/);
    const { jobId, runDir } = JSON.parse(done.stdout) as JobFacts;
    expect(runDir).toBe(join(cluster.home('root'), 'shoal-runs', 'tem'));
    const followed = await laptop(['logs', `${jobId}`, ...there, '--follow']);
    expect(followed.stdout, followed.stderr).toMatch(/20 of 20 cases are done/);
    const fetched = await laptop(['fetch', `${jobId}`, ...there]);
    expect(fetched).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(
        /^runs\/tem: \d+ files fetched.*\n {2}20 of 20 cases done; the job completed/,
      ),
    });
    expect((await laptop(['fetch', `${jobId}`, ...there])).stdout).toMatch(/^runs\/tem: 0 files fetched/);
    const results = (folder: string) => readFileSync(path(folder, 'runs', 'tem', 'results.csv'), 'utf8');
    expect(results('laptop')).toBe(results('.'));
    expect((await laptop(['status', 'runs/tem'])).stdout).toMatch(/tem: completed\n.*20 of 20 cases done/);
    const listed = await laptop(['jobs', ...there, '--json']);
    expect(JSON.parse(listed.stdout)).toMatchObject([
      { jobId, host: 'root@n1', state: 'COMPLETED', run: { done: 20, cases: 20 } },
    ]);
  });
});
