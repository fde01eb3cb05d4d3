/** What every way of starting processes has to do alike: complete, stop, and be killed without a loss. */
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { findLaunchers, type LauncherFamily } from '../../src/launch/mpirun/launcher.js';
import { runState } from '../chaos/run-state.js';
import { eventually, processesMarked } from '../process/marked.js';
import { recordSkip } from '../skips.js';
import { type Ended, jsonOf, type Started, startShoal, studyFolder } from './program.js';

const folders: string[] = [];
const marks: string[] = [];

/** Tests over local processes, or under the launcher of a family where it is installed. */
export function describeRunsOver(name: string, family?: LauncherFamily): void {
  const launcher = findLaunchers(process.env).find((candidate) => candidate.family === family);
  const isMissing = family !== undefined && !launcher;
  if (isMissing) recordSkip(`test/cli: no launcher of ${family} is installed`);
  const environment: Record<string, string> = launcher ? { SHOAL_MPIRUN: launcher.path } : {};
  const options = ['--launcher', family === undefined ? 'local' : 'mpirun'];

  describe.skipIf(isMissing)(`over ${name}`, () => {
    afterEach(async () => {
      for (const mark of marks.splice(0))
        for (const pid of processesMarked(mark)) process.kill(pid, 'SIGKILL');
      for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
    });

    test('a run ends with its summary, again shows it, and its results can be exported', async () => {
      const folder = await folderOf(500, 0);
      const argv = ['run', 'study.yaml', '--ranks', '3', ...options];
      const first = await start(folder, argv, environment).ended;
      expect(first).toMatchObject({ code: 0, signal: null });
      expect(first.stdout).toMatch(/slow: 500 cases completed\n.*500 cases computed now.*3 ranks/);
      const second = await start(folder, [...argv, '--json'], environment).ended;
      expect(jsonOf(second)).toMatchObject({ exitCode: 0, done: 500, computedNow: 0 });
      await expectAllResults(folder, 500);
    });

    test('Ctrl+C keeps what is done and ends with 130; resume computes the rest alone', async () => {
      const folder = await folderOf(80, 300);
      const { child, mark, ended } = start(
        folder,
        ['run', 'study.yaml', '--ranks', '2', '--chunk', '2', ...options],
        environment,
      );
      expect(await eventually(() => doneIn(folder) > 0)).toBe(true);
      child.kill('SIGINT');
      const { code, stdout } = await ended;
      expect(code).toBe(130);
      expect(stdout).toContain('(interrupted)');
      expect(await eventually(() => processesMarked(mark).length === 0)).toBe(true);
      const done = doneIn(folder);
      expect(done).toBeLessThan(80);
      await writeFile(join(folder, 'quick'), '');
      const rest = await start(folder, ['resume', 'runs/slow', '--json', ...options], environment).ended;
      expect(jsonOf(rest)).toMatchObject({ done: 80, computedNow: 80 - done });
      await expectAllResults(folder, 80);
    });

    test('kill -9 leaves no process behind, and resume completes the results', async () => {
      const folder = await folderOf(80, 300);
      const { child, mark, ended } = start(
        folder,
        ['run', 'study.yaml', '--ranks', '2', '--chunk', '2', ...options],
        environment,
      );
      expect(await eventually(() => doneIn(folder) > 0)).toBe(true);
      expect(processesMarked(mark).length).toBeGreaterThanOrEqual(3);
      child.kill('SIGKILL');
      await ended;
      expect(await eventually(() => processesMarked(mark).length === 0)).toBe(true);
      await writeFile(join(folder, 'quick'), '');
      const rest = await start(folder, ['resume', 'runs/slow', ...options], environment).ended;
      expect(rest, rest.stderr).toMatchObject({ code: 0 });
      await expectAllResults(folder, 80);
    });
  });
}

async function folderOf(count: number, caseMs: number): Promise<string> {
  const folder = await studyFolder(count, caseMs);
  folders.push(folder);
  return folder;
}

function start(cwd: string, argv: readonly string[], environment: Record<string, string> = {}): Started {
  const started = startShoal(cwd, argv, environment);
  marks.push(started.mark);
  return started;
}

const shoal = (cwd: string, ...argv: string[]): Promise<Ended> => start(cwd, argv).ended;

/** Cases that the run directory holds. */
function doneIn(folder: string): number {
  return runState(join(folder, 'runs', 'slow')).done.total;
}

/** The exported results must be those of a run that nobody disturbed. */
async function expectAllResults(folder: string, count: number): Promise<void> {
  const exported = await shoal(folder, 'export', 'runs/slow', '--format', 'csv', '--output', 'all.csv');
  expect(exported).toMatchObject({ code: 0 });
  const text = await readFile(join(folder, 'all.csv'), 'utf8');
  const rows = text.trimEnd().split('\n');
  expect(rows.slice(1)).toEqual(Array.from({ length: count }, (_, i) => `${i},${i},${2 * i},completed,,`));
  if (count !== 500) return;
  // The same bytes where a name would be in the way.
  const piped = await shoal(folder, 'export', 'runs/slow', '--format', 'csv', '--output', '-');
  expect(piped).toMatchObject({ code: 0, stdout: text });
  expect(existsSync(join(folder, '-'))).toBe(false);
}
