/** Runs on a host that SSH reaches and that has no Slurm: they start by themselves and need no connection. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JobFacts } from '../../src/cli/job-facts.js';
import { until } from '../cluster/bed/until.js';
import { program } from '../program.js';
import { recordSkip } from '../skips.js';
import { type Sshd, sshdProblem, startSshd } from '../ssh/sshd.js';

const problem = sshdProblem();
if (problem) recordSkip(`runs on a host without Slurm: ${problem}`);

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

describe.skipIf(problem)('on a host without Slurm', () => {
  let sshd: Sshd;
  let folder: string;
  let main: string;
  const path = (...parts: readonly string[]): string => join(folder, ...parts);
  const there = ['--host', 'box'];

  const shoal = (args: readonly string[]): Promise<Ended> => {
    const env = { ...sshd.environment, XDG_STATE_HOME: path('state'), XDG_CONFIG_HOME: path('config') };
    const child = spawn(process.execPath, [main, ...args], { cwd: folder, env });
    return ended(child);
  };
  const json = async <T>(args: readonly string[]): Promise<T> => {
    const { code, stdout, stderr } = await shoal([...args, ...there, '--json']);
    if (code !== 0) throw new Error(`${args.join(' ')}: ${stderr}`);
    return JSON.parse(stdout);
  };
  const submission = ['submit', 'study/waits.yaml', '--site', 'site.yaml', '--ranks', '1', ...there];
  const submit = async (...more: readonly string[]): Promise<JobFacts> => {
    const { code, stdout, stderr } = await shoal([...submission, ...more, '--json']);
    expect(code, stderr).toBe(0);
    return JSON.parse(stdout);
  };

  beforeAll(async () => {
    main = program();
    sshd = await startSshd();
    folder = mkdtempSync(join(tmpdir(), 'shoal-detached-'));
    for (const name of ['lib', 'study']) mkdirSync(path(name));
    writeFileSync(
      path('site.yaml'),
      `program: ${JSON.stringify([process.execPath, main])}\nscheduler: none\nenvironment: { GO: ${path('go')} }\n`,
    );
    writeFileSync(path('lib', 'wait.mjs'), waiting);
    writeFileSync(
      path('study', 'kernel.mjs'),
      `import { settle } from '../lib/wait.mjs';
export default {
  name: 'waits', version: '1', inputs: [{ name: 'x' }], outputs: [{ name: 'y' }],
  run: async ({ x }) => {
    await settle();
    return { y: Math.sin(x) };
  },
};
`,
    );
    writeFileSync(
      path('study', 'waits.yaml'),
      'name: waits\nkernel: ./kernel.mjs\nparameters: { x: [1, 2, 3] }\noutput: [csv]\n',
    );
  });
  afterAll(async () => {
    await sshd?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('a run is started once by two who submit it, outlives the connection, and brings the same bytes', async () => {
    const both = await Promise.all([1, 2].map(() => shoal([...submission, '--json'])));
    const [winner, loser] = both[0]?.code === 0 ? both : both.toReversed();
    expect(winner?.code, winner?.stderr).toBe(0);
    expect(loser).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/this run is being submitted already|computes this run already/),
    });
    const started: JobFacts = JSON.parse(winner?.stdout ?? '');
    expect(started).toMatchObject({ host: 'box', state: 'RUNNING', words: 'is running on box' });
    expect(started.runDir).toBe(join(sshd.home, 'shoal-runs', 'waits'));
    const watcher = shoal(['watch', `${started.jobId}`, ...there]);
    await until('a case to begin', async () => existsSync(path('go.begun')));
    await sshd.stop();
    await sshd.start();
    expect(await json<JobFacts[]>(['jobs'])).toMatchObject([
      { jobId: started.jobId, phase: 'running', token: started.token },
    ]);
    writeFileSync(path('go'), '');
    const watched = await watcher;
    expect(watched.code, watched.stderr).toBe(0);
    expect(watched.stdout).toMatch(/waits: completed\n.*3 of 3 cases done[\s\S]*job shoal-\w{8} completed/);
    expect(await json(['status', 'shoal-runs/waits'])).toMatchObject({
      state: 'completed',
      job: { token: started.token },
    });
    const fetched = await json<{ runDir: string; job: JobFacts }>(['fetch', 'shoal-runs/waits']);
    expect(fetched.job).toMatchObject({ state: 'COMPLETED', run: { done: 3, cases: 3 } });
    const here = await shoal([
      'run',
      'study/waits.yaml',
      '--ranks',
      '2',
      '--quiet',
      '--run-dir',
      path('here'),
    ]);
    expect(here.code, here.stderr).toBe(0);
    const bytes = (run: string): string => readFileSync(join(run, 'results.csv'), 'utf8');
    expect(bytes(fetched.runDir)).toBe(bytes(path('here')));
  });

  test('one that is cancelled keeps what it has done, and goes on when it is submitted again', async () => {
    rmSync(path('go'), { force: true });
    rmSync(path('go.begun'), { force: true });
    const { jobId } = await submit('--run-dir', 'second');
    await until('a case to begin', async () => existsSync(path('go.begun')));
    const cancelled = await shoal(['cancel', 'second', ...there]);
    expect(cancelled).toMatchObject({ code: 0, stdout: `job ${jobId} is cancelled\n` });
    const [known] = await json<JobFacts[]>(['jobs']);
    expect(known).toMatchObject({ jobId, state: 'CANCELLED', phase: 'ended' });
    writeFileSync(path('go'), '');
    const again = await submit('--run-dir', 'second');
    const { code, stdout } = await shoal(['logs', `${again.jobId}`, ...there, '--follow']);
    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/waits: 3 cases completed/),
    });
  });

  test('what only a scheduler can keep is refused before anything is written', async () => {
    const args = [
      'submit',
      'study/waits.yaml',
      '--site',
      'site.yaml',
      '--run-dir',
      'refused',
      ...there,
      '--time',
      '2 h',
    ];
    const words = /--time is of Slurm.*options of run.*--time-limit/;
    expect(await shoal(args)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(words) });
    expect(existsSync(join(sshd.home, 'refused'))).toBe(false);
  });
});

/** A case waits for the file that GO names. */
const waiting = `import { existsSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
export async function settle() {
  if (!process.env.GO) return;
  writeFileSync(process.env.GO + '.begun', '');
  while ( !existsSync(process.env.GO)) await delay(50);
}
`;

async function ended(child: ChildProcess): Promise<Ended> {
  let [stdout, stderr] = ['', ''];
  child.stdout?.on('data', (part) => {
    stdout += part;
  });
  child.stderr?.on('data', (part) => {
    stderr += part;
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, stdout, stderr };
}
