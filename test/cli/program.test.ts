import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { findLaunchers } from '../../src/launch/mpirun/launcher.js';
import { mainScript } from '../../src/process/install.js';
import { eventually, processesMarked } from '../process/marked.js';
import { type Ended, type Started, startProgram, startShoal, studyFolder } from './program.js';

const folders: string[] = [];
const marks: string[] = [];

afterEach(async () => {
  for (const mark of marks.splice(0)) for (const pid of processesMarked(mark)) process.kill(pid, 'SIGKILL');
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

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

test('a reader of the output that goes away is no error', async () => {
  const folder = await folderOf(1, 0);
  const pipeline = `'${process.execPath}' '${mainScript()}' schema | head -c 1; echo "\${PIPESTATUS[0]}"`;
  const { stdout, stderr } = await startProgram('bash', ['-c', pipeline], folder).ended;
  expect(stdout).toMatch(/^\{0\n$/);
  expect(stderr).toBe('');
});

test('a study that is refused starts no process and leaves no run directory', async () => {
  const folder = await folderOf(1, 0);
  const { code, stdout, stderr } = await shoal(folder, 'run', 'study.yml', '--launcher', 'mpirun');
  expect(code).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toMatch(/^shoal: .*study\.yml.*\n$/);
  await expect(readFile(join(folder, 'runs'))).rejects.toMatchObject({ code: 'ENOENT' });
});

test('the run directory of another study is refused under mpirun as well, before ranks start', async () => {
  const folder = await folderOf(3, 0);
  const other = await folderOf(4, 0);
  await shoal(folder, 'run', 'study.yaml', '--ranks', '1');
  const argv = ['run', 'study.yaml', '--run-dir', join(folder, 'runs/slow'), '--launcher', 'mpirun'];
  const { code, stderr } = await shoal(other, ...argv);
  expect(code).toBe(2);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
});

test('status says that a study runs, and that it is broken off once its process is gone', async () => {
  const folder = await folderOf(2000, 100);
  const { child, mark } = start(folder, ['run', 'study.yaml', '--ranks', '1', '--quiet']);
  const state = async (): Promise<unknown> => {
    const { stdout } = await shoal(folder, 'status', 'runs/slow', '--json');
    // Until the run directory is there, status has nothing to say.
    return stdout === '' ? undefined : (JSON.parse(stdout) as { state: unknown }).state;
  };
  let seen = await state();
  for (let i = 0; i < 50 && seen !== 'running'; i++) seen = await state();
  expect(seen).toBe('running');
  expect(await eventually(() => processesMarked(mark).length >= 2)).toBe(true);
  child.kill('SIGKILL');
  expect(await eventually(() => processesMarked(mark).length === 0)).toBe(true);
  expect(['broken off', 'new']).toContain(await state());
});

test('info names Node, MPI, launchers and what is missing, as text and as JSON', async () => {
  const folder = await folderOf(1, 0);
  expect((await shoal(folder, 'info')).stdout).toContain(process.version);
  const { stdout } = await shoal(folder, 'info', '--json');
  expect(JSON.parse(stdout)).toMatchObject({
    node: process.version,
    launchers: findLaunchers(process.env).map(({ path }) => ({ path })),
  });
});
