import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findLaunchers } from '../../src/launch/mpirun/launcher.js';
import { program } from '../program.js';
import { recordSkip } from '../skips.js';

const folder = mkdtempSync(join(tmpdir(), 'shoal-api-'));
const user = join(import.meta.dirname, 'programs', 'use.mjs');
let index = '';

beforeAll(() => {
  index = join(dirname(program()), 'index.js');
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function use(args: readonly string[], environment: NodeJS.ProcessEnv = {}, launcher: readonly string[] = []) {
  const [command, ...rest] = [...launcher, process.execPath, user, index, ...args];
  const done = spawnSync(command as string, rest, {
    encoding: 'utf8',
    env: {
      ...process.env,
      NO_COLOR: '1',
      OMPI_ALLOW_RUN_AS_ROOT: '1',
      OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1',
      ...environment,
    },
    timeout: 280_000,
  });
  if (done.status !== 0) throw new Error(`exit code ${done.status}: ${done.stderr}`);
  return JSON.parse(done.stdout);
}

const rows = [1, 2, 3, 4, 5].map((x, index) => ({
  case: index,
  status: x === 3 ? 'failed' : 'completed',
  parameters: { x, pause: 0 },
  ...(x === 3
    ? { error: { type: 'RangeError', message: 'three is refused' } }
    : { outputs: { y: x * x, powers: [1, x, x * x] } }),
}));

describe('run', () => {
  test.each(['sequential', 'local'])('computes over the executor %s', (executor) => {
    const seen = use(['run', folder, executor]);
    expect(seen).toMatchObject({ executor, rows, again: rows, y: ['1', '4', 'NaN', '16', '25'] });
    expect(seen).toMatchObject({ row: 25, missing: true, written: 5 });
    expect(seen.transport).toBe(executor === 'local' ? 'local' : 'inline');
    expect(seen.phases).toEqual(expect.arrayContaining(['starting', 'finished']));
    expect(readFileSync(join(folder, `${executor}.csv`), 'utf8').split('\n')).toHaveLength(7);
  });

  const launchers = findLaunchers(process.env);
  for (const family of ['openmpi', 'mpich'] as const) {
    const launcher = launchers.find((each) => each.family === family);
    if (!launcher) recordSkip(`the API over ${family}: there is no launcher of it`);
    const environment = { SHOAL_MPIRUN: launcher?.path };

    test.skipIf(!launcher)(`starts an mpirun of its own (${family})`, () => {
      const home = mkdtempSync(join(folder, family));
      expect(use(['run', home, 'mpi'], environment)).toMatchObject({
        executor: 'mpi',
        transport: 'mpi',
        rows,
      });
    });

    test.skipIf(!launcher)(
      `computes in the ranks of its own job, and goes on at rank 0 alone (${family})`,
      () => {
        const home = mkdtempSync(join(folder, family));
        const oversubscribe = family === 'openmpi' ? ['--oversubscribe'] : [];
        const command = [launcher?.path as string, ...oversubscribe, '-n', '3'];
        expect(use(['run', home, 'adaptive'], {}, command)).toMatchObject({
          executor: 'mpi',
          rows,
          again: rows,
        });
      },
    );
  }

  test.each(['local', 'mpi'])('tells its reporters what happens (%s)', (executor) => {
    if (executor === 'mpi' && launchers.length === 0) return;
    const home = mkdtempSync(join(folder, executor));
    const { heard, console: text, lines, file } = use(['report', home, executor]);
    expect(heard).toEqual(['square 5 2', '2 RangeError', 'completed']);
    expect(text).toMatch(/square: 100 %, 5\/5, 1 failed\n$/);
    expect(lines.slice(0, 2)).toEqual(['started', 'progress']);
    expect(lines).toContain('failed');
    expect(lines.at(-1)).toBe('finished');
    expect(file).toEqual(lines);
  });

  test('goes on where a stopped run was, and never computes a case twice', () => {
    expect(use(['stop', folder])).toEqual({ state: 'interrupted', some: true, done: 100, computedNow: true });
  });

  test('is stopped by disposing of it', () => {
    expect(use(['dispose', folder])).toBe('interrupted');
  });

  test('refuses bad input with the field, and writes nothing', () => {
    expect(use(['refused', folder])).toMatch(/^InputError: the study: parameterz: Unknown key 'parameterz'/);
    expect(existsSync(join(folder, 'r'))).toBe(false);
  });
});

describe('plan', () => {
  test('says how a strategy would end with several numbers of ranks, and writes nothing', () => {
    const found = use(['plan', folder], { XDG_CACHE_HOME: join(folder, 'cache') });
    expect(found).toEqual({ cases: 20, ranks: [2, 5], makespan: expect.closeTo(4, 6) });
    expect(existsSync(join(folder, 'p'))).toBe(false);
  });
});

describe('an executor', () => {
  test('runs studies until it is disposed of', () => {
    expect(use(['executor', folder])).toEqual({
      done: 2,
      info: { name: 'local', ranks: 1, running: 0 },
      refusal: 'the executor is closed',
    });
  });
});

describe('where there is no mpirun', () => {
  const environment = { SHOAL_MPIRUN: '/nowhere/mpirun' };

  test('the run is refused', () => {
    expect(use(['fallback', folder, 'mpi'], environment)).toMatchObject({ error: 'EnvironmentError' });
  });

  test('it is computed in this process when the program allows it, which is said', () => {
    const seen = use(['fallback', folder, 'mpi', 'sequential'], environment);
    expect(seen).toMatchObject({ executor: 'sequential', done: 2, notices: [seen.fallback] });
    expect(seen.fallback).toMatch(
      /^mpi could not compute \(SHOAL_MPIRUN names .*\): one case after the other/,
    );
  });
});
