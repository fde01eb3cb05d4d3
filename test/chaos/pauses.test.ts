/** Processes that are stopped for a while, as on a machine that swaps or sleeps, and run directories that two want. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { eventually } from '../process/marked.js';
import { program, shoal } from '../program.js';
import { resultTexts, runState } from './run-state.js';
import { Session, signal } from './session.js';
import { type ChaosStudy, chaosStudy, notedCases, quicken } from './study.js';
import { local } from './transports.js';

const someFailed = 1;
const cases = 600;

let study: ChaosStudy;
let expected: ReadonlyMap<number, string>;
const sessions: Session[] = [];
let starts = 0;

beforeAll(() => {
  program();
  // Long enough for what is done to it on any machine; then its cases are quick.
  study = chaosStudy({ cases, caseMs: 100 });
  shoal(['run', study.file, '--run-dir', 'sequential', '--ranks', '1'], { cwd: study.folder });
  expected = resultTexts(join(study.folder, 'sequential'));
  expect(expected.size).toBe(cases);
});

afterEach(() => {
  for (const session of sessions.splice(0)) session.dispose();
});

afterAll(() => study.remove());

function start(...args: string[]): Session {
  const notes = join(study.folder, `notes-${starts++}`);
  const session = new Session(local.start([...args, '--quiet']), { cwd: study.folder, notes });
  sessions.push(session);
  return session;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

test('A worker that is stopped for two seconds goes on, and nothing is computed twice', async () => {
  const runDir = join(study.folder, 'worker');
  const session = start('run', study.file, '--run-dir', runDir);
  await session.begun(12);
  const [worker] = session.with('child');
  signal(worker!.pid, 'SIGSTOP');
  await pause(2000);
  signal(worker!.pid, 'SIGCONT');
  quicken(session.notes);
  const end = await session.end();
  expect(end.code, end.stderr).toBe(someFailed);
  expect(await session.orphans()).toEqual([]);
  expect(resultTexts(runDir)).toEqual(expected);
  expect(notedCases(session.notes)).toHaveLength(cases);
});

test('While a coordinator lives, if only stopped, its run directory is refused to every other, which changes nothing', async () => {
  const runDir = join(study.folder, 'coordinator');
  const session = start('run', study.file, '--run-dir', runDir);
  await session.begun(12);
  signal(session.child.pid!, 'SIGSTOP');
  for (const args of [
    ['resume', runDir],
    ['run', study.file, '--run-dir', runDir],
  ]) {
    const other = start(...args);
    const end = await other.end();
    expect(end.code).toBe(2);
    expect(end.stderr).toContain(`in use by process ${session.child.pid}`);
    expect(end.stdout).toBe('');
    expect(await other.orphans()).toEqual([]);
    expect(notedCases(other.notes)).toEqual([]);
  }
  // Looking is allowed.
  expect(shoal(['status', runDir], { cwd: study.folder }).status).toBe(0);
  signal(session.child.pid!, 'SIGCONT');
  quicken(session.notes);
  expect((await session.end()).code).toBe(someFailed);
  expect(await session.orphans()).toEqual([]);
  expect(resultTexts(runDir)).toEqual(expected);
  expect(notedCases(session.notes)).toHaveLength(cases);
});

test('A coordinator that slept while another took over its run stops when it wakes, and spoils nothing', async () => {
  const runDir = join(study.folder, 'replaced');
  const asleep = start('run', study.file, '--run-dir', runDir);
  await asleep.begun(12);
  expect(await eventually(() => runState(runDir).done.total > 0)).toBe(true);
  signal(asleep.child.pid!, 'SIGSTOP');
  // What the error message tells a user to do who knows that the other host is gone.
  rmSync(join(runDir, 'lock'));
  const before = runState(runDir).done;
  const successor = start('resume', runDir);
  quicken(successor.notes);
  expect((await successor.end()).code).toBe(someFailed);
  expect(await successor.orphans()).toEqual([]);
  expect(notedCases(successor.notes).filter((index) => before.has(index))).toEqual([]);

  signal(asleep.child.pid!, 'SIGCONT');
  const end = await asleep.end();
  expect(end.stderr).toMatch(/another process has taken over/);
  expect(end.code).toBe(2);
  expect(await asleep.orphans()).toEqual([]);
  expect(resultTexts(runDir)).toEqual(expected);
  expect(runState(runDir)).toMatchObject({ superseded: 0, done: { total: cases } });
});
