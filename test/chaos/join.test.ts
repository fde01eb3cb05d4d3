/** Workers that join a run late and leave it again: nothing is lost, nothing is done twice, nothing stays behind. */
import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { framed } from '../../src/runtime/local/frames.js';
import { eventually } from '../process/marked.js';
import { program, shoal } from '../program.js';
import { recordSkip } from '../skips.js';
import { resultTexts, runState } from './run-state.js';
import { Session, signal } from './session.js';
import { type ChaosStudy, chaosStudy, notedCases, notedCount, quicken } from './study.js';
import { launcherOf, local, type Start, throughMpirun } from './transports.js';

const someFailed = 1;
const cases = 600;

let study: ChaosStudy;
let expected: ReadonlyMap<number, string>;
const sessions: Session[] = [];
let starts = 0;

beforeAll(() => {
  program();
  // Long enough for guests to come on any machine; once they have done what they came for, cases are quick.
  study = chaosStudy({ cases, caseMs: 100 });
  shoal(['run', study.file, '--run-dir', 'sequential', '--ranks', '1'], { cwd: study.folder });
  expected = resultTexts(join(study.folder, 'sequential'));
  expect(expected.size).toBe(cases);
});

afterEach(() => {
  for (const session of sessions.splice(0)) session.dispose();
});

afterAll(() => study.remove());

function start(args: string[]): Session {
  const { program: node, args: line, environment } = local.start([]);
  return open({ program: node, args: [line[0]!, ...args], environment });
}

function open(how: Start): Session {
  const session = new Session(how, { cwd: study.folder, notes: join(study.folder, `notes-${starts++}`) });
  sessions.push(session);
  return session;
}

async function running(name: string): Promise<{ run: Session; runDir: string }> {
  const runDir = join(study.folder, name);
  const run = start(['run', study.file, '--run-dir', runDir, '--ranks', '1', '--quiet']);
  await run.begun(20);
  return { run, runDir };
}

async function expectWhole(run: Session, runDir: string, others: readonly Session[]): Promise<void> {
  for (const { notes } of [run, ...others]) quicken(notes);
  const end = await run.end();
  expect(end.code, end.stderr).toBe(someFailed);
  for (const session of [run, ...others]) expect(await session.orphans()).toEqual([]);
  expect(resultTexts(runDir)).toEqual(expected);
  expect(runState(runDir).superseded).toBe(0);
  expect(existsSync(join(runDir, 'join.json'))).toBe(false);
}

function workersShown(runDir: string): number {
  const { stdout } = shoal(['status', runDir, '--json'], { cwd: study.folder });
  return JSON.parse(stdout).live.workers.length;
}

test('Workers that join compute, are shown, and end with the run', async () => {
  const { run, runDir } = await running('joined');
  const guests = start(['join', runDir, '--ranks', '2']);
  await guests.begun(20);
  // The state that others read is written once a second at most: the one there may be older than the guests.
  await eventually(() => run.hasEnded || workersShown(runDir) === 3, 60_000);
  expect(workersShown(runDir)).toBe(3);
  await expectWhole(run, runDir, [guests]);
  const { code, stderr } = await guests.end();
  expect(code).toBe(0);
  expect(stderr).toMatch(/^2 workers joined .*\n2 workers left\n$/);
  const computed = [...notedCases(run.notes), ...notedCases(guests.notes)];
  expect(computed.sort((a, b) => a - b)).toEqual(Array.from({ length: cases }, (_, i) => i));
});

test.each(['SIGINT', 'SIGTERM'] as const)(
  'Asked to leave by %s, a worker ends its case and gives the others back, and nothing is computed twice',
  async (name) => {
    const { run, runDir } = await running(`left-${name}`);
    const guest = start(['join', runDir]);
    await guest.begun(10);
    signal(guest.child.pid!, name);
    expect((await guest.end()).code).toBe(0);
    expect(run.hasEnded).toBe(false);
    await expectWhole(run, runDir, [guest]);
    expect((await run.end()).stderr).toMatch(/worker 1000000 left/);
    expect(notedCount(run.notes) + notedCount(guest.notes)).toBe(cases);
  },
);

test.each(['worker', 'join'] as const)(
  'When the %s of a guest is killed, its cases go to others',
  async (who) => {
    const { run, runDir } = await running(`killed-${who}`);
    const guest = start(['join', runDir]);
    await guest.begun(10);
    const pid = who === 'join' ? guest.child.pid! : guest.with('child')[0]!.pid;
    signal(pid, 'SIGKILL');
    expect((await guest.end()).code).toBe(who === 'join' ? null : 2);
    await expectWhole(run, runDir, [guest]);
  },
);

test('When the coordinator is killed, guests end with it', async () => {
  const { run, runDir } = await running('coordinator');
  const guest = start(['join', runDir]);
  await guest.begun(10);
  signal(run.child.pid!, 'SIGKILL');
  const end = await guest.end();
  expect([end.code, end.stderr]).toEqual([
    2,
    expect.stringMatching(/the run in coordinator has ended without a word, and 1 worker with it/),
  ]);
  for (const session of [run, guest]) expect(await session.orphans()).toEqual([]);
  const late = start(['join', runDir]);
  const { code, stderr } = await late.end();
  expect(code).toBe(2);
  expect(stderr).toMatch(/^shoal: the run takes no worker now: its coordinator does not answer/);
});

const launcher = launcherOf('openmpi');
if (!launcher) recordSkip('workers that come again to an MPI job: Open MPI is not installed');

test.skipIf(!launcher)('When MPI ends the job, guests come again with its next start', async () => {
  const runDir = join(study.folder, 'again');
  const run = open(throughMpirun(launcher!).start(['run', study.file, '--run-dir', runDir, '--quiet'], 2));
  await run.begun(20);
  const guest = start(['join', runDir]);
  await guest.begun(10);
  signal(run.with('rank').at(-1)!.pid, 'SIGKILL');
  await guest.said(/started again\n1 worker joined/);
  const begun = notedCount(guest.notes);
  await guest.begun(begun + 5);
  await expectWhole(run, runDir, [guest]);
  const { code, stderr } = await guest.end();
  expect(code).toBe(0);
  expect(stderr).toMatch(
    /^1 worker joined .*\nMPI ended the job of again, .*\n1 worker joined .*\n1 worker left\n$/,
  );
});

test('Whoever does not know the word gets no answer, and the run goes on', async () => {
  const { run, runDir } = await running('stranger');
  const { socket, token } = JSON.parse(readFileSync(join(runDir, 'join.json'), 'utf8'));
  for (const word of ['', `${token}0`, token.replace(/./, (c: string) => (c === '0' ? '1' : '0'))]) {
    const received = await new Promise<number>((resolve) => {
      let bytes = 0;
      const stranger = connect(socket, () => stranger.write(framed(new TextEncoder().encode(word))));
      stranger.on('data', (piece) => {
        bytes += piece.length;
      });
      stranger.on('error', () => {});
      stranger.on('close', () => resolve(bytes));
    });
    expect(received).toBe(0);
  }
  await expectWhole(run, runDir, []);
  const late = shoal(['join', runDir], { cwd: study.folder });
  expect([late.status, late.stderr]).toEqual([
    2,
    expect.stringMatching(/^shoal: no run is under way in stranger/),
  ]);
});
