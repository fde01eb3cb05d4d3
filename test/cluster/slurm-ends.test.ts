/** How a real Slurm ends jobs, with its accounts kept: time limits, priority, memory, nodes; and what is said of it. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { JobFacts } from '../../src/cli/job-facts.js';
import { program } from '../program.js';
import { recordSkip } from '../skips.js';
import { type Cluster, startCluster } from './bed/cluster.js';
import type { Executed } from './bed/enter.js';
import { accountPrograms, canHaveCluster, canLimitMemory } from './bed/obstacle.js';
import { printed, scriptOf, submit, untilGone, writeSites } from './slurm-site.js';
import { exported, shoalOn, shoalWords, slowStudy } from './study.js';

// Slurm looks at time limits twice a minute.
vi.setConfig({ testTimeout: 600_000 });

const nodes = (names: string) => `Nodes=${names} MaxTime=INFINITE State=UP`;
const slurmOptions = [
  // What a job waits that went back to the queue: two minutes unless told otherwise.
  ...['AuthInfo=cred_expire=10', 'PreemptType=preempt/partition_prio', 'PreemptMode=REQUEUE'],
  ...['ResumeProgram=/bin/true', 'SuspendProgram=/bin/true', 'ResumeTimeout=5', 'SuspendTime=3600'],
  'JobAcctGatherFrequency=task=1',
  ...[1, 2, 3, 4, 5].map((i) => `NodeName=n${i} NodeAddr=10.77.0.1${i} CPUs=8 RealMemory=4000 State=UNKNOWN`),
  // Never there: nothing starts it.
  'NodeName=cloud1 NodeAddr=10.77.0.99 CPUs=8 RealMemory=4000 State=CLOUD',
  `PartitionName=main ${nodes('n1,n2,n3,n4,n5')} Default=YES DefaultTime=10 PriorityTier=10`,
  `PartitionName=urgent ${nodes('n3,n4')} PriorityTier=100`,
  `PartitionName=cloud ${nodes('cloud1')}`,
];

const limitsMemory = canLimitMemory();
const isPossible = canHaveCluster('what a Slurm with accounts does to jobs', { programs: accountPrograms });

describe.skipIf(!isPossible)('jobs of a Slurm that keeps accounts', () => {
  let cluster: Cluster;
  let site: string;
  let expected: string;
  const path = (...parts: readonly string[]) => join(cluster.shared, ...parts);

  const shoal = (args: readonly string[]): Promise<Executed> => cluster.exec('ctl', [...shoalWords, ...args]);
  const place = (name: string): readonly string[] => [
    ...['--site', site, '--nodes', '1', '--ranks', '1', '--run-dir', path('runs', name)],
  ];
  const submitted = async (study: string, name: string, args: readonly string[]): Promise<JobFacts> => {
    const { code, stdout, stderr } = await shoal(['submit', study, ...place(name), ...args, '--json']);
    if (code !== 0) throw new Error(stderr);
    return JSON.parse(stdout);
  };
  const factsOf = async (name: string): Promise<JobFacts | undefined> => {
    const { stdout } = await shoal(['jobs', '--json']);
    return (JSON.parse(stdout) as JobFacts[]).find(({ runDir }) => runDir === path('runs', name));
  };
  /** Waits until the accounts have the job in one of these states. */
  const reaches = (jobId: string | null, states: RegExp): Promise<void> =>
    cluster.until(
      `job ${jobId} to be ${states}`,
      async () => {
        const argv = ['sacct', '-n', '-X', '-P', '-j', `${jobId}`, '--format=State'];
        return states.test((await cluster.exec('ctl', argv)).stdout.trim());
      },
      { everyMs: 300 },
    );

  beforeAll(async () => {
    program();
    cluster = await startCluster({ hosts: 5, hasAccounts: true, limitsMemory, slurmOptions });
    const sites = writeSites(cluster);
    site = sites.openmpi ?? sites.mpich ?? 'generic';
    const study = slowStudy(cluster, 'sequential');
    study.quicken();
    const runDir = join(study.folder, 'run');
    const { code, stderr } = await shoalOn(cluster, 'ctl', ['run', study.file, '--run-dir', runDir]);
    expect(code, stderr).toBe(0);
    expected = exported(runDir);
    writeFileSync(
      path('sleep.yaml'),
      'name: sleep\nkernel: { command: [sleep, "{s}"] }\nparameters: { s: [300, 301] }\n',
    );
    writeFileSync(
      path('memory.yaml'),
      `name: memory
kernel:
  command: [node, -e, "const all = []; setInterval(() => all.push(Buffer.alloc(25e6, {n})), 250)"]
parameters: { n: [1] }
`,
    );
  });
  afterAll(() => cluster?.down());

  test.concurrent.for([
    ['three', 'resubmit', 3],
    ['two', 'requeue', 2],
  ] as const)(
    'reach their time limit %s times over, and by the chain %s the study is complete',
    async ([, chain, limits], { expect }) => {
      const study = slowStudy(cluster, chain, 1000);
      const runDir = join(study.folder, 'run');
      const node = chain === 'resubmit' ? 'n1' : 'n2';
      const script = scriptOf(cluster, `by-${chain}`, [
        ...[
          study.file,
          '--site',
          site,
          '--nodes',
          '1',
          '--ranks',
          '2',
          '--chain',
          chain,
          '--run-dir',
          runDir,
        ],
        // No hand ends these jobs: Slurm gives its word before the limit of a minute, 20 to 50 s after their start.
        ...['--time', '1 min', '--signal', '10 s', '--nodelist', node],
      ]);
      await submit(cluster, script);
      const ownOfLinks = (): number[] =>
        [...printed(cluster, `by-${chain}`).matchAll(/^\d+ of 400 cases are done, (\d+) of them/gm)].map(
          (link) => Number(link[1]),
        );
      await cluster.until('the limits to be reached', async () => ownOfLinks().length >= limits, {
        ...{ everyMs: 500, timeoutMs: 500_000 },
      });
      // Only what is left becomes quick: nobody touches the jobs.
      study.quicken();
      await untilGone(cluster, `by-${chain}`);
      const text = printed(cluster, `by-${chain}`);
      const own = ownOfLinks();
      expect(own.length, text).toBeGreaterThan(limits);
      expect(Math.min(...own), text).toBeGreaterThan(0);
      expect(own.reduce((sum, each) => sum + each, 0)).toBe(400);
      expect(exported(runDir)).toBe(expected);
      // Ranks ended what they had begun.
      expect(study.hostsAtWork()).toHaveLength(400);
    },
  );

  test.concurrent('go on by themselves when a job of higher priority pushed them out', async ({ expect }) => {
    const study = slowStudy(cluster, 'pushed');
    const { jobId } = await submitted(study.file, 'pushed', ['--nodelist', 'n3', '--cpus-per-task', '8']);
    await cluster.until('some cases', async () => study.hostsAtWork().length > 5);
    const isSeen = path('pushed-is-seen');
    const wait = `until [ -e ${isSeen} ]; do sleep 0.2; done`;
    const urgent = ['sbatch', '-p', 'urgent', '-w', 'n3', '-n', '8', '--wrap', wait];
    expect(await cluster.exec('ctl', urgent)).toMatchObject({ code: 0 });
    // The accounts say it some seconds after the queue has the job again.
    const waits = /^waits, (?:for the 2nd time|again) since a job of higher priority pushed it out: /;
    let seen: JobFacts | undefined;
    await cluster.until(
      'the job to wait again, and why to be said',
      async () => {
        seen = await factsOf('pushed');
        return waits.test(seen?.words ?? '');
      },
      { everyMs: 500 },
    );
    expect(seen?.state).toBe('PENDING');
    study.quicken();
    writeFileSync(isSeen, '');
    await reaches(jobId, /^COMPLETED$/);
    // The controller still ends it for some seconds, and then has to hand it over.
    await cluster.until(
      'the job to be told as ended',
      async () => (await factsOf('pushed'))?.state === 'COMPLETED',
      { everyMs: 500 },
    );
    // A study without retries: a case that the preemption cut would have failed, had it counted.
    expect(await factsOf('pushed')).toMatchObject({
      ...{ state: 'COMPLETED', restarts: 1, run: { done: 400, cases: 400 } },
    });
    expect(exported(path('runs', 'pushed'))).toBe(expected);
  });

  test.concurrent('go on elsewhere when the slurmd of their node dies, though what it had started still runs', async ({
    expect,
  }) => {
    const study = slowStudy(cluster, 'silent', 1000);
    const { jobId } = await submitted(study.file, 'silent', ['--nodelist', 'n5']);
    await cluster.until('some cases', async () => study.hostsAtWork().length > 2);
    await cluster.exec('n5', ['bash', '-c', 'kill -9 "$(cat /run/slurmd.pid)"']);
    // The accounts say it some seconds after the queue has the job again.
    await cluster.until(
      'the job to wait again, and why to be said',
      async () => / since a node failed: /.test((await factsOf('silent'))?.words ?? ''),
      { everyMs: 500 },
    );
    await cluster.exec('ctl', ['scontrol', 'update', `jobid=${jobId}`, 'ReqNodeList=n2']);
    const said = () => readFileSync(path('runs', 'silent', 'jobs', `slow-${jobId}.out`), 'utf8');
    await cluster.until(
      'the first ranks to find themselves replaced',
      async () => said().includes('another process has taken over'),
      { everyMs: 300 },
    );
    study.quicken();
    await reaches(jobId, /^COMPLETED$/);
    expect(exported(path('runs', 'silent'))).toBe(expected);
    expect(said()).toContain('400 of 400 cases are done');
  });

  test.concurrent('say that they were pushed out, out of memory, or without their node', async ({
    expect,
  }) => {
    const once = ['--chain', 'none', '--requeue', 'no'];
    const onFour = ['--nodelist', 'n4', ...once];
    if (limitsMemory) {
      const { jobId } = await submitted('memory.yaml', 'memory', [...onFour, '--mem', '500M']);
      await reaches(jobId, /^OUT_OF_MEMORY$/);
      expect(await factsOf('memory')).toMatchObject({
        words: expect.stringMatching(
          /^ran out of memory: 500 MiB were asked for, one of its tasks was last seen with [1-9]\d+ MiB$/,
        ),
        hint: expect.stringMatching(/--mem/),
      });
    } else {
      recordSkip('jobs that run out of memory: no cgroups of version 1 are mounted for memory');
    }
    const lost = await submitted('sleep.yaml', 'lost', ['--partition', 'cloud', ...once]);
    const pushed = await submitted('sleep.yaml', 'cut', [...onFour, '--cpus-per-task', '8']);
    await reaches(pushed.jobId, /^RUNNING$/);
    await cluster.exec('ctl', ['sbatch', '-p', 'urgent', '-w', 'n4', '-n', '8', '--wrap', 'true']);
    await reaches(pushed.jobId, /^PREEMPTED$/);
    await cluster.until('its processes to end', async () => (await factsOf('cut'))?.phase === 'ended');
    expect(await factsOf('cut')).toMatchObject({
      ...{ state: 'PREEMPTED', words: 'was pushed out by a job of higher priority' },
    });
    await reaches(lost.jobId, /^(?:NODE|BOOT)_FAIL$/);
    expect(await factsOf('lost')).toMatchObject({ words: expect.stringMatching(/node.*cloud1\)$/) });
  });

  test.concurrent.for<readonly [readonly string[], RegExp]>([
    [['--account', 'nope'], /the account is not valid here.*Invalid account.*sacctmgr show associations/s],
    [['--qos', 'nope'], /the quality of service is not valid here.*sacctmgr show qos/s],
    [['--constraint', 'nope'], /no node has such a feature/],
    [['--mem', '90000M'], /no nodes of the partition can ever give what was asked for/],
  ])('are refused with %j before anything is written', async ([args, words], { expect }) => {
    const done = await shoal(['submit', 'sleep.yaml', ...place('refused'), ...args]);
    expect(done).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(words) });
    expect(existsSync(path('runs', 'refused'))).toBe(false);
  });
});
