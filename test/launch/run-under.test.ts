import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findLaunchers } from '../../src/launch/mpirun/launcher.js';
import { runUnder } from '../../src/launch/mpirun/run-under.js';
import { thisProcess } from '../../src/process/identity.js';
import { temporaryFolder } from '../../src/process/temporary.js';
import { bundleProgram } from '../process/bundle.js';
import { eventually, processesMarked } from '../process/marked.js';
import { recordSkip } from '../skips.js';

const launchers = findLaunchers(process.env);
const families = ['openmpi', 'mpich'] as const;
let rankProgram: string;
let parentProgram: string;
let folder: string;
const marks: string[] = [];

beforeAll(async () => {
  folder = temporaryFolder('test');
  rankProgram = await bundleProgram('test/launch/programs/rank.ts');
  parentProgram = await bundleProgram('test/launch/programs/parent.ts');
});

afterAll(() => {
  rmSync(folder, { recursive: true });
  for (const mark of marks) for (const pid of processesMarked(mark)) process.kill(pid, 'SIGKILL');
});

function newMark(): string {
  const mark = randomUUID();
  marks.push(mark);
  return mark;
}

for (const family of families) {
  const launcher = launchers.find((candidate) => candidate.family === family);
  if (!launcher) recordSkip(`test/launch/run-under: no launcher of ${family} is installed`);
  describe.skipIf(!launcher)(`under ${family}`, () => {
    const run = (args: readonly string[], stop: AbortSignal, abort: AbortSignal, mark: string) =>
      runUnder({
        launcher: launcher!,
        ranks: 3,
        command: [process.execPath, rankProgram, ...args],
        environment: { ...process.env, SHOAL_TEST_MARK: mark },
        facts: { folder, supervisor: thisProcess(), startedAtMs: 0, restarts: 0 },
        stop,
        abort,
      });
    const never = new AbortController().signal;

    test('rank 0 hands its outcome over, and arguments with blanks arrive whole', async () => {
      const end = await run(['finish', 'my study.yaml', '$HOME'], never, never, newMark());
      expect(end).toMatchObject({
        code: 0,
        signal: null,
        report: {
          kind: 'ended',
          outcome: { state: 'completed', ranks: 3, runDir: 'finish|my study.yaml|$HOME' },
        },
      });
    });

    test('a job that ends without a word says so by its exit code', async () => {
      const end = await run(['die'], never, never, newMark());
      expect(end.report).toBeUndefined();
      expect(end.code).toBe(3);
    });

    test('asked to stop, rank 0 ends in its own time', async () => {
      const stop = new AbortController();
      const mark = newMark();
      const end = run(['wait'], stop.signal, never, mark);
      await eventually(() => processesMarked(mark).length >= 2);
      stop.abort();
      expect((await end).report).toMatchObject({ outcome: { state: 'interrupted' } });
    });

    test('aborted, every rank is gone', async () => {
      const abort = new AbortController();
      const mark = newMark();
      const end = run(['stay'], never, abort.signal, mark);
      await eventually(() => processesMarked(mark).length >= 4);
      abort.abort();
      await end;
      expect(await eventually(() => processesMarked(mark).length === 0)).toBe(true);
    });

    test.each([
      ['the parent', (parent: ChildProcess) => parent.kill('SIGKILL')],
      ['the launcher', (parent: ChildProcess) => killLauncher(parent)],
    ])('when %s gets SIGKILL, no rank remains', async (_, kill) => {
      const mark = newMark();
      const parent = spawn(process.execPath, [parentProgram, family, rankProgram], {
        stdio: 'ignore',
        env: { ...process.env, SHOAL_TEST_MARK: mark, SHOAL_TEST_FOLDER: folder },
      });
      expect(await eventually(() => processesMarked(mark).length >= 5)).toBe(true);
      await kill(parent);
      expect(await eventually(() => processesMarked(mark).length === 0)).toBe(true);
    });
  });
}

/** The launcher is the parent's only child in a session of its own that bears the mark. */
async function killLauncher(parent: ChildProcess): Promise<void> {
  const { readdirSync, readFileSync } = await import('node:fs');
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      const ppid = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ')[1];
      if (Number(ppid) === parent.pid && command.includes(rankProgram)) process.kill(Number(pid), 'SIGKILL');
    } catch {
      // Gone while we looked.
    }
  }
}
