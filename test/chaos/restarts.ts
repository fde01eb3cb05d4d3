/** What `run --launcher mpirun` does when MPI ends its job; a test file a family. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { readManifest } from '../../src/store/manifest.js';
import { eventually } from '../process/marked.js';
import { program, shoal } from '../program.js';
import { recordSkip } from '../skips.js';
import type { Role } from './processes.js';
import { resultTexts, runState } from './run-state.js';
import { Session, signal } from './session.js';
import { type ChaosStudy, chaosStudy, failingEvery, notedCases, notedCount, quicken } from './study.js';
import { launcherOf, throughMpirun } from './transports.js';

const someFailed = 1;
const cases = 600;

export function testRestartsUnder(family: 'openmpi' | 'mpich'): void {
  const launcher = launcherOf(family);
  if (!launcher) {
    recordSkip(`restarts of MPI jobs: no launcher of ${family} is installed`);
    test.skip(`An MPI job that was ended is started again: ${family}`, () => {});
    return;
  }
  let study: ChaosStudy;
  let expected: ReadonlyMap<number, string>;
  const sessions: Session[] = [];

  beforeAll(() => {
    program();
    // Long enough for all that is killed on any machine; then cases are quick.
    // The ranks are what is killed here, and half as many processes start without others beside them.
    study = chaosStudy({ cases, caseMs: 100, execution: { isolation: 'inline' } });
    shoal(['run', study.file, '--run-dir', 'sequential', '--ranks', '1'], { cwd: study.folder });
    expected = resultTexts(join(study.folder, 'sequential'));
    expect(expected.size).toBe(cases);
  });
  afterEach(() => {
    for (const session of sessions.splice(0)) session.dispose();
  });
  afterAll(() => study.remove());

  const start = (...args: string[]): Session => {
    const notes = join(study.folder, `notes-${sessions.length}-${Date.now()}`);
    const session = new Session(throughMpirun(launcher).start([...args, '--quiet']), {
      cwd: study.folder,
      notes,
    });
    sessions.push(session);
    return session;
  };

  /** Kills one process of this role once the job, started so many times again, has got on from where it was. */
  const killDuring = async (session: Session, role: Role, restarts = 0): Promise<void> => {
    if (restarts > 0) await session.said(new RegExp(`Restart ${restarts} goes on`));
    await session.begun(notedCount(session.notes) + 20);
    const victim = session.with(role).at(-1);
    expect(signal(victim!.pid, 'SIGKILL')).toBe(true);
  };

  const restartedSessions = (runDir: string): unknown[] =>
    readManifest(runDir)!.sessions.map(({ facts }) => facts.restarted ?? 0);

  test('When a rank, then mpirun, then rank 0 is killed, the run goes on by itself and says each once', async () => {
    const runDir = join(study.folder, 'killed');
    const session = start('run', study.file, '--run-dir', runDir, '--limit', String(cases));
    for (const [i, role] of (['rank', 'launcher', 'rank 0'] as const).entries()) {
      await killDuring(session, role, i);
    }
    quicken(session.notes);
    const { code, stdout, stderr } = await session.end();
    expect(code, stderr).toBe(someFailed);
    expect(await session.orphans()).toEqual([]);
    expect(
      stderr.match(/^note: MPI ended the job: .*; \d+ of 600 cases done\. Restart \d goes on$/gm),
    ).toHaveLength(3);
    expect(stderr.match(/^note:/gm)).toHaveLength(3);
    expect(stdout).toMatch(/600 cases computed now/);
    expect(restartedSessions(runDir)).toEqual([0, 1, 2, 3]);
    expect(readManifest(runDir)!.sessions.map(({ state }) => state)).not.toContain('running');
    expect(resultTexts(runDir)).toEqual(expected);
    expect(runState(runDir).superseded).toBe(0);
  });

  test('With --restarts 0 the job stays ended, the next command goes on, and cases asked for again are tried once more', async () => {
    const runDir = join(study.folder, 'once');
    const session = start('run', study.file, '--run-dir', runDir, '--restarts', '0');
    await killDuring(session, 'rank');
    const ended = await session.end();
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(
      /^shoal: MPI ended the job before the run was over: .*resume .*once goes on$/m,
    );
    expect(await session.orphans()).toEqual([]);
    expect(runState(runDir).done.total).toBeLessThan(cases);
    const resumed = start('resume', runDir);
    quicken(resumed.notes);
    const next = await resumed.end();
    expect(next.code, next.stderr).toBe(someFailed);
    expect(resultTexts(runDir)).toEqual(expected);

    const failed = Array.from({ length: cases }, (_, i) => i).filter((i) => i % failingEvery === 13);
    // Cases by number that are long done, so that the job lasts long enough to be killed.
    const again = Array.from({ length: 300 }, (_, i) => i).filter((i) => i % failingEvery !== 13);
    const retried = start('resume', runDir, '--retry', `failed,${again.join(',')}`);
    await killDuring(retried, 'rank');
    quicken(retried.notes);
    const { code, stderr } = await retried.end();
    expect(code, stderr).toBe(someFailed);
    expect(stderr.match(/Restart \d goes on/g)).toHaveLength(1);
    expect(resultTexts(runDir)).toEqual(expected);
    // Not with each start of the job.
    const tries = notedCases(retried.notes).filter((index) => index === failed[0]).length;
    expect(tries).toBeLessThanOrEqual(2);
  });

  test('A case that ends the whole job is found, tried alone, and is all that is given up', async () => {
    const deadly = 250;
    const deadlyStudy = chaosStudy({
      ...{ cases, caseMs: 6, execution: { isolation: 'inline' } },
      before: `if (i === ${deadly}) process.kill(process.pid, 'SIGSEGV');`,
    });
    try {
      const runDir = join(deadlyStudy.folder, 'run');
      const session = start('run', deadlyStudy.file, '--run-dir', runDir);
      const { code, stderr } = await session.end();
      expect(code, stderr).toBe(someFailed);
      expect(await session.orphans()).toEqual([]);
      const found = resultTexts(runDir);
      expect(found.get(deadly)).toMatch(/^failed WorkerLost: its worker .*; given up after 3 workers/);
      expect(new Map([...found, [deadly, expected.get(deadly)]])).toEqual(expected);
      // Known where a process of its own died at last. Else who saw it begin has ended with it: that is unknown, not 0.
      const { stdout } = shoal(['explain', runDir, String(deadly)], { cwd: deadlyStudy.folder });
      const endedAll = /ended with the whole run/.test(found.get(deadly)!);
      expect(stdout).toMatch(
        endedAll ? /attempt 1: .*, for an unknown time$/m : /attempt 1: .*, [1-9]\d*(\.\d+)? m?s$/m,
      );
      // Once or twice in company, before it is known that it was in flight, and three times alone.
      const tries = notedCases(session.notes).filter((index) => index === deadly).length;
      expect(tries).toBeLessThanOrEqual(6);
      expect(restartedSessions(runDir).length).toBeLessThanOrEqual(7);
    } finally {
      deadlyStudy.remove();
    }
  });

  test('A job that dies at every start is given up after as many restarts as asked for', async () => {
    const kernel = join(study.folder, 'stillborn.mjs');
    const columns = "inputs: [{ name: 'i' }], outputs: [{ name: 'y' }]";
    writeFileSync(
      kernel,
      `
const rank = process.env.OMPI_COMM_WORLD_RANK ?? process.env.PMI_RANK;
if (rank === '1') process.kill(process.pid, 'SIGKILL');
export const kernel = { name: 'stillborn', version: '1', ${columns}, run: () => new Promise(() => setInterval(() => {}, 1000)) };
`,
    );
    const file = join(study.folder, 'stillborn.yaml');
    // In a process of its own it would end that, and not the rank.
    const sections = ['name: stillborn', `kernel: ${kernel}`, 'execution: { isolation: inline }'];
    writeFileSync(file, [...sections, 'parameters: { i: [0, 1, 2] }', 'output: []', ''].join('\n'));
    const runDir = join(study.folder, 'stillborn');
    const session = start('run', file, '--run-dir', runDir, '--restarts', '2');
    const { code, stderr } = await session.end();
    expect(code).toBe(2);
    expect(stderr.match(/Restart \d goes on/g)).toEqual(['Restart 1 goes on', 'Restart 2 goes on']);
    expect(stderr).toMatch(/^shoal: MPI ended the job before the run was over: .*, after 2 restarts\./m);
    expect(await session.orphans()).toEqual([]);
  });

  test('Asked to stop while a job is down, the run stops', async () => {
    const runDir = join(study.folder, 'stopped');
    const session = start('run', study.file, '--run-dir', runDir);
    await session.begun(1);
    // Both wait for it when it wakes: it cannot have started the job again before it is asked.
    signal(session.child.pid!, 'SIGSTOP');
    await killDuring(session, 'rank');
    expect(await eventually(() => session.with('launcher').length === 0)).toBe(true);
    signal(session.child.pid!, 'SIGINT');
    signal(session.child.pid!, 'SIGCONT');
    const { code, stderr } = await session.end();
    expect(code, stderr).toBe(130);
    expect(stderr).not.toMatch(/Restart/);
    expect(await session.orphans()).toEqual([]);
  });
}
