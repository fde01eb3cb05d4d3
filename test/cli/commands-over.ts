/** Files of commands under every way of starting processes: rows, outputs, time limits, MPI programs, and kills. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { findLaunchers, type LauncherFamily } from '../../src/launch/mpirun/launcher.js';
import { packageRoot } from '../../src/process/install.js';
import { eventually, processesMarked } from '../process/marked.js';
import { program } from '../program.js';
import { recordSkip } from '../skips.js';
import { type Ended, jsonOf, type Started, startShoal } from './program.js';

const folders: string[] = [];
const marks: string[] = [];

export function describeCommandsOver(name: string, family?: LauncherFamily): void {
  const launcher = findLaunchers(process.env).find((candidate) => candidate.family === family);
  const isMissing = family !== undefined && !launcher;
  if (isMissing) recordSkip(`commands under MPI: no launcher of ${family} is installed`);
  const environment: Record<string, string> = {
    OMPI_ALLOW_RUN_AS_ROOT: '1',
    OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1',
    ...(launcher && { SHOAL_MPIRUN: launcher.path }),
  };
  // The same files, and the same reader of them, whoever wrote them.
  const isReadInFull = family === undefined;
  const options = ['--ranks', '2', '--launcher', family === undefined ? 'local' : 'mpirun'];
  const start = (cwd: string, ...argv: string[]): Started => {
    const started = startShoal(cwd, argv, environment);
    marks.push(started.mark);
    return started;
  };
  const shoal = (cwd: string, ...argv: string[]): Promise<Ended> => start(cwd, ...argv).ended;

  describe.skipIf(isMissing)(`a file of commands over ${name}`, () => {
    beforeAll(() => {
      program();
    });

    afterEach(async () => {
      for (const mark of marks.splice(0))
        for (const pid of processesMarked(mark)) process.kill(pid, 'SIGKILL');
      for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
    });

    test('a line is a row, what it printed is kept, and what failed can be tried again', async () => {
      const folder = await folderWith([
        '# the first line is no command',
        'echo one',
        'echo "two words" | tr a-z A-Z; echo careful >&2',
        '',
        'test -e repaired || { echo not repaired >&2; exit 3; }',
        'no-such-program',
        'kill -SEGV $$',
        'sleep 60',
      ]);
      const ended = await shoal(folder, 'run', '--commands', 'list.txt', '--timeout', '3', ...options);
      expect(ended.code, ended.stderr).toBe(1);
      expect(ended.stdout).toContain('list: 2 of 6 cases completed');
      expect(ended.stdout).toContain('failed ExitCode: case 2: exit code 3: not repaired');
      expect(await rowsOf(folder)).toEqual([
        ['0', '2', 'echo one', '0', 'completed', '', ''],
        ['1', '3', '"echo ""two words"" | tr a-z A-Z; echo careful >&2"', '0', 'completed', '', ''],
        [
          '2',
          '5',
          'test -e repaired || { echo not repaired >&2; exit 3; }',
          '3',
          'failed',
          'ExitCode',
          'exit code 3: not repaired',
        ],
        [
          '3',
          '6',
          'no-such-program',
          '127',
          'failed',
          'CommandNotFound',
          expect.stringContaining('not found'),
        ],
        ['4', '7', 'kill -SEGV $$', '', 'failed', 'Signal', 'ended by SIGSEGV'],
        ['5', '8', 'sleep 60', '', 'timeout', 'Timeout', 'took longer than 3 s'],
      ]);
      expect((await shoal(folder, 'output', 'runs/list', '1')).stdout).toBe('TWO WORDS\n');
      if (isReadInFull) {
        expect((await shoal(folder, 'output', 'runs/list', '1', '--stderr')).stdout).toBe('careful\n');
        expect((await shoal(folder, 'output', 'runs/list', '4')).stdout).toBe('');
      }

      await writeFile(join(folder, 'repaired'), '');
      const again = await shoal(folder, 'resume', 'runs/list', '--retry', 'failed', '--json', ...options);
      expect(jsonOf(again)).toMatchObject({ done: 6, failed: 3, computedNow: 3 });
      expect((await rowsOf(folder))[2]).toEqual(expect.arrayContaining(['completed', '0']));
      expect((await shoal(folder, 'output', 'runs/list', '2', '--stderr', '--attempt', '1')).stdout).toBe(
        'not repaired\n',
      );
      const execution = await shoal(
        folder,
        'export',
        'runs/list',
        '--format',
        'jsonl',
        '--execution',
        '--output',
        'how.jsonl',
      );
      expect(execution.code).toBe(0);
      const chunks = (await readFile(join(folder, 'how.jsonl'), 'utf8'))
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(chunks).toHaveLength(9);
      expect(chunks[0]).toMatchObject({
        first_case: 0,
        cpu_seconds: expect.any(Number),
        output: { kind: 'file', stdout: 4 },
      });
    });

    test('a limit, and the rest later, however many processes then', async () => {
      const folder = await folderWith(Array.from({ length: 300 }, (_, i) => `/bin/echo line ${i}`));
      const first = await shoal(
        folder,
        'run',
        '--commands',
        'list.txt',
        '--limit',
        '100',
        '--json',
        ...options,
      );
      expect(jsonOf(first)).toMatchObject({ exitCode: 0, done: 100, computedNow: 100 });
      const without = [
        ['299', 'the case has no result yet'],
        ['300', 'there is no such case'],
      ] as const;
      for (const [index, reason] of isReadInFull ? without : []) {
        const refused = await shoal(folder, 'output', 'runs/list', index);
        expect(refused).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(reason) });
      }
      const rest = await shoal(folder, 'run', '--commands', 'list.txt', '--json', '--ranks', '3');
      expect(jsonOf(rest)).toMatchObject({ exitCode: 0, done: 300, computedNow: 200 });
      for (const index of isReadInFull ? [0, 99, 100, 299] : [99, 299]) {
        expect((await shoal(folder, 'output', 'runs/list', String(index))).stdout).toBe(`line ${index}\n`);
      }
      // A file for each process that computed, whatever the number of cases.
      expect(readdirSync(join(folder, 'runs', 'list', 'output')).length).toBeLessThanOrEqual(5);
    });

    test('a command may be an MPI program', async ({ skip }) => {
      const inner = launcher ?? findLaunchers(process.env)[0];
      if (!inner) recordSkip('an MPI program as a command: no launcher is installed');
      skip(!inner, 'no launcher is installed');
      const hello = join(packageRoot(), 'examples', '05-mpi-hello', 'hello.mjs');
      const flags = inner?.family === 'openmpi' ? '--oversubscribe --bind-to none' : '';
      const folder = await folderWith(
        Array.from({ length: 3 }, () => `${inner?.path} ${flags} -np 2 ${process.execPath} ${hello}`),
      );
      const ended = await shoal(folder, 'run', '--commands', 'list.txt', ...options);
      expect(ended.code, ended.stdout).toBe(0);
      for (const index of isReadInFull ? ['0', '1', '2'] : ['2']) {
        const { stdout } = await shoal(folder, 'output', 'runs/list', index);
        expect(stdout.trimEnd().split('\n').sort()).toEqual([
          'rank 0 of 2: squares 0 1, neighbour 1',
          'rank 1 of 2: squares 0 1, neighbour 0',
        ]);
      }
    });

    const targets =
      family === undefined
        ? (['coordinator', 'worker'] as const)
        : (['coordinator', 'worker', 'launcher'] as const);
    test.each(targets)('kill -9 of the %s leaves no command behind', async (target) => {
      const folder = await folderWith(
        Array.from(
          { length: 4 },
          (_, i) => `echo $$ >> pids; ${i % 2 ? 'trap "" TERM; ' : ''}sleep 600 & sleep 600; sleep 600`,
        ),
      );
      const { child, mark, ended } = start(folder, 'run', '--commands', 'list.txt', ...options);
      expect(await eventually(() => pidsIn(folder).length >= 2)).toBe(true);
      const running = pidsIn(folder);
      const victims =
        target === 'coordinator'
          ? [child.pid as number]
          : processesMarked(mark).filter((pid) => roleOf(pid) === target);
      expect(victims.length).toBeGreaterThan(0);
      for (const pid of victims) process.kill(pid, 'SIGKILL');
      // What is computed again somewhere else is another process.
      expect(
        await eventually(() => running.every((pid) => !existsSync(`/proc/${pid}`) || isZombie(pid))),
      ).toBe(true);
      child.kill('SIGKILL');
      await ended;
      expect(await eventually(() => processesMarked(mark).length === 0)).toBe(true);
    });
  });
}

async function folderWith(lines: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'shoal-commands-'));
  folders.push(folder);
  await writeFile(join(folder, 'list.txt'), `${lines.join('\n')}\n`);
  return folder;
}

/** Rows of the exported results, without the names of the columns. */
async function rowsOf(folder: string): Promise<string[][]> {
  const text = await readFile(join(folder, 'runs', 'list', 'results.csv'), 'utf8');
  const [head, ...rows] = text.trimEnd().split('\n');
  expect(head).toBe('case,line,command,exit_code,status,error_type,error_message');
  // No command of the test has a comma.
  return rows.map((row) => row.split(','));
}

function pidsIn(folder: string): number[] {
  const file = join(folder, 'pids');
  return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n').map(Number) : [];
}

type Role = 'worker' | 'launcher' | 'other';

function roleOf(pid: number): Role {
  try {
    const [name = '', ...words] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    if (/(^|\/)(mpirun|mpiexec)[^/]*$/.test(name)) return 'launcher';
    if (words.includes('worker-stdio')) return 'worker';
    const isRank = /(^|\0)(OMPI_COMM_WORLD_RANK|PMI_RANK)=1\0/.test(
      readFileSync(`/proc/${pid}/environ`, 'utf8'),
    );
    return isRank && words.includes('run') ? 'worker' : 'other';
  } catch {
    return 'other';
  }
}

function isZombie(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '')[0] === 'Z';
  } catch {
    return true;
  }
}
