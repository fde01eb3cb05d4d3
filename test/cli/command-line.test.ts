import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isForAllRanks } from '../../src/cli/for-all-ranks.js';
import { type CommandContext, runCommandLine } from '../../src/cli/index.js';
import { readReport } from '../../src/launch/parent-link.js';
import type { Place, Run, RunOutcome, RunRequest } from '../../src/runtime/api.js';
import { domains } from '../../src/solvers/index.js';
import { progressAt, statisticsAt } from '../observe/support.js';

let folder: string;
let out: string;
let err: string;
let requests: RunRequest[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shoal-cli-'));
  out = '';
  err = '';
  requests = [];
  const kernel = `export const kernel = { name: 'double', version: '1', inputs: [{ name: 'x' }],
    outputs: [{ name: 'y' }], run: ({ x }) => { if (x < 0) throw new RangeError('below zero'); return { y: 2 * x }; } };`;
  await writeFile(join(folder, 'kernel.mjs'), kernel);
  await writeFile(
    join(folder, 'study.yaml'),
    'name: double\nkernel: ./kernel.mjs\nparameters:\n  x: [1, 2, 3]\n',
  );
});

afterEach(() => rm(folder, { recursive: true }));

const alone: Place = { kind: 'alone' };
const rankOfTwo: Place = { kind: 'rank', rank: 0, size: 2, launcher: 'mpirun of Open MPI' };

function outcome(changes: Partial<RunOutcome> = {}): RunOutcome {
  return {
    state: 'completed',
    runDir: join(folder, 'runs/double'),
    total: 3,
    done: 3,
    failed: 0,
    computedNow: 3,
    elapsedMs: 5,
    ranks: 2,
    transport: 'local',
    kernelForm: 'typescript',
    failures: [],
    statistics: statisticsAt({ totalTasks: 3 }),
    files: ['results.csv'],
    ...changes,
  };
}

const progress = progressAt({ total: 3, done: 1, rate: 1, etaMs: 2000, workers: [] });

async function shoal(argv: readonly string[], changes: Partial<CommandContext> = {}): Promise<number> {
  const run: Run = (request) => {
    requests.push(request);
    request.onProgress(progress);
    return Promise.resolve(outcome());
  };
  return runCommandLine(argv, {
    // Whoever shares it with us must find it as it was.
    stdin: () => expect.unreachable(),
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    environment: {},
    cwd: folder,
    program: 'shoal',
    self: ['node', 'main.js'],
    solvers: [],
    domains: [],
    place: alone,
    run,
    ...changes,
  });
}

describe('run', () => {
  test('puts the summary on standard output and progress on standard error', async () => {
    expect(await shoal(['run', 'study.yaml', '--ranks', '2'])).toBe(0);
    expect(out).toContain('OK double: 3 cases completed');
    expect(out).toContain('runs/double/results.csv');
    expect(err).toBe('double: 33 %, 1/3, 1.00/s, ETA 2.0 s\n');
  });

  test('makes of its options what the runtime needs', async () => {
    const argv = ['run', 'study.yaml', '--ranks=3', '--run-dir', 'here', '--strategy', 'guided'];
    await shoal([...argv, '--chunk', '7', '--limit', '2', '--verify', '1', '--quiet']);
    expect(requests[0]).toMatchObject({
      runDir: join(folder, 'here'),
      ranks: 3,
      strategy: 'guided',
      chunk: 7,
      limit: 2,
      verify: 1,
      study: { name: 'double' },
    });
    expect(err).toBe('');
  });

  test('keeps the run in runs/NAME of the current folder', async () => {
    await shoal(['run', 'study.yaml']);
    expect(requests[0]?.runDir).toBe(join(folder, 'runs', 'double'));
  });

  test('as JSON prints one document with the exit code', async () => {
    await shoal(['run', 'study.yaml', '--json']);
    expect(JSON.parse(out)).toMatchObject({ study: 'double', exitCode: 0, done: 3, files: ['results.csv'] });
  });

  test.each([
    [1, { failed: 1 }],
    [1, { verified: { cases: 2, different: [1] } }],
    [0, { verified: { cases: 2, different: [] } }],
    [130, { state: 'interrupted', done: 1 }],
    [130, { state: 'interrupted', done: 1, failed: 1 }],
  ] as [number, Partial<RunOutcome>][])('ends with exit code %d for %j', async (code, changes) => {
    expect(await shoal(['run', 'study.yaml'], { run: () => Promise.resolve(outcome(changes)) })).toBe(code);
  });

  test('on the first signal asks the run to stop, and waits for it', async () => {
    const run: Run = (request) =>
      new Promise((resolve) => {
        request.stop.addEventListener('abort', () => resolve(outcome({ state: 'interrupted', done: 1 })));
        setImmediate(() => process.emit('SIGINT', 'SIGINT'));
      });
    expect(await shoal(['run', 'study.yaml'], { run })).toBe(130);
    expect(err).toContain('stopping: no new cases');
    expect(out).toContain('(interrupted)');
  });

  test('on a second signal leaves without waiting', async () => {
    const run: Run = () =>
      new Promise(() => {
        setTimeout(() => {
          process.emit('SIGINT', 'SIGINT');
          setTimeout(() => process.emit('SIGINT', 'SIGINT'), 700);
        }, 10);
      });
    expect(await shoal(['run', 'study.yaml'], { run })).toBe(130);
    expect(out).toBe('');
    expect(err).toContain('What was done is kept: shoal resume runs/double goes on');
  });

  test('takes its listeners away again', async () => {
    const before = process.listenerCount('SIGTERM');
    await shoal(['run', 'study.yaml']);
    expect(process.listenerCount('SIGTERM')).toBe(before);
  });

  test('under a launcher takes part with the ranks that are there', async () => {
    expect(
      await shoal(['run', 'study.yaml', '--ranks', '2', '--launcher', 'mpirun'], { place: rankOfTwo }),
    ).toBe(0);
    expect(requests[0]?.ranks).toBe(2);
  });

  test('rank 0 of a parent hands the outcome over and says nothing itself', async () => {
    const environment = { SHOAL_PARENT: JSON.stringify({ folder, startedAtMs: 0, restarts: 0 }) };
    const run: Run = () => Promise.resolve(outcome({ failed: 1 }));
    expect(await shoal(['run', 'study.yaml'], { place: rankOfTwo, environment, run })).toBe(0);
    expect(out).toBe('');
    expect(await readReport(folder)).toMatchObject({ kind: 'ended', outcome: { failed: 1 }, isCut: false });
  });
});

describe('bad input ends with exit code 2, one message, and nothing on standard output', () => {
  test.each([
    [['run'], 'run needs STUDY'],
    [['run', 'missing.yaml'], 'missing.yaml'],
    [['run', 'study.yaml', '--ranks', '0'], '--ranks cannot be used (expected a whole number of at least 1'],
    [['run', 'study.yaml', '--chunk', 'big'], '--chunk cannot be used'],
    [['run', 'study.yaml', '--limit', '-1'], '--limit'],
    [['run', 'study.yaml', '--strategy', 'fast'], '--strategy cannot be used (expected one of adaptive'],
    [['run', 'study.yaml', '--launcher', 'ssh'], '--launcher cannot be used (expected one of local, mpirun'],
    [['run', 'study.yaml', '--rank', '2'], "Did you mean '--ranks'?"],
    [['resume', 'nowhere'], 'the run directory does not exist'],
    [['resume', '.'], 'not a run directory'],
    [['resume', '.', '--retry', '1,-1'], '--retry'],
    [['status', '.'], 'not a run directory'],
    [['explain', '.', '1'], 'not a run directory'],
    [['export', '.'], 'export needs --format'],
    [['export', '.', '--format', 'csv'], 'not a run directory'],
    [['plan', 'missing.yaml'], 'missing.yaml'],
    [
      ['plan', 'study.yaml', '--ranks', '4,'],
      '--ranks cannot be used (expected a whole number of at least 1',
    ],
    [['plan', 'study.yaml', '--ranks', '4,0'], '--ranks cannot be used'],
    [['plan', 'study.yaml', '--chunk', 'x'], '--chunk cannot be used'],
    [
      ['plan', 'study.yaml', '--site', 'generic', '--host', 'a'],
      '--host and --site both say where the run is',
    ],
    [['plan', 'study.yaml', '--site', 'nowhere'], 'nowhere'],
    [['plan', 'study.yaml', '--strategy', 'fast'], '--strategy cannot be used'],
    [['eval', 'kernel.mjs', 'missing.json'], 'missing.json: no such file'],
    [['eval', 'tem', 'study.yaml'], 'study.yaml: this is not JSON'],
    [['info', 'extra'], "unexpected argument 'extra'"],
  ])('%j', async (argv, text) => {
    expect(await shoal(argv)).toBe(2);
    expect(err).toContain(text);
    expect(err).toMatch(/^shoal: .*\n$/);
    expect(out).toBe('');
    expect(requests).toEqual([]);
  });

  test.each([
    [
      ['--ranks', '3'],
      '--ranks contradicts the launcher (expected 2, which is what mpirun of Open MPI started',
    ],
    [['--launcher', 'local'], '--launcher local contradicts the launcher'],
  ])('under a launcher of two ranks, %j', async (options, text) => {
    expect(await shoal(['run', 'study.yaml', ...options], { place: rankOfTwo })).toBe(2);
    expect(err).toContain(text);
  });

  test('the file is named as the user would type it', async () => {
    await writeFile(join(folder, 'bad.yaml'), 'name: bad\nkernel: ./kernel.mjs\nparameter: {}\n');
    await shoal(['run', join(folder, 'bad.yaml')]);
    expect(err).toMatch(/^shoal: bad\.yaml:3:1: /);
  });

  test('a folder of something else is not touched', async () => {
    await mkdir(join(folder, 'mine'));
    await writeFile(join(folder, 'mine', 'notes.txt'), 'precious');
    const environment = { PATH: process.env.PATH };
    const code = await shoal(['run', 'study.yaml', '--run-dir', 'mine', '--launcher', 'mpirun'], {
      environment,
    });
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(await readdir(join(folder, 'mine'))).toEqual(['notes.txt']);
  });
});

test('a fault of ours shows where it happened', async () => {
  const run: Run = () => Promise.reject(new TypeError('broken'));
  expect(await shoal(['run', 'study.yaml'], { run })).toBe(2);
  expect(err).toContain('internal error');
  expect(err).toContain('command-line.test.ts');
});

describe('eval of a module', () => {
  const evaluate = async (input: string): Promise<number> => {
    await writeFile(join(folder, 'in.json'), input);
    return shoal(['eval', 'kernel.mjs', 'in.json']);
  };

  test('prints the outputs of one case with all their digits', async () => {
    expect(await evaluate('{"x": 0.1}')).toBe(0);
    expect(JSON.parse(out)).toEqual({ y: 0.2 });
  });

  test.each([
    ['{"x": -1}', 'kernel double failed with RangeError: below zero'],
    ['{"y": 1}', 'kernel double has no input y'],
    ['{}', 'x: the input is missing (expected a number)'],
    ['{"x": "1"}', 'x: the input cannot be used (expected a number, got "1")'],
    ['{"x": [1]}', 'x: the input cannot be used'],
    ['[1]', 'the input is no case'],
  ])('refuses %s', async (input, text) => {
    expect(await evaluate(input)).toBe(2);
    expect(err).toContain(text);
  });
});

describe('run --commands', () => {
  const lines = '# two of them\necho 1\n\necho 2\n';

  test('makes a study of a file, named like it', async () => {
    await writeFile(join(folder, 'my list.txt'), lines);
    expect(await shoal(['run', '--commands', 'my list.txt'])).toBe(0);
    const [request] = requests;
    expect(request).toMatchObject({
      runDir: join(folder, 'runs', 'my-list'),
      study: { name: 'my-list', cases: { count: 2 }, kernel: { kind: 'command', path: folder } },
    });
  });

  test('reads standard input, and takes another name and run directory', async () => {
    const stdin = Readable.from([Buffer.from(lines.slice(0, 7)), Buffer.from(lines.slice(7))]);
    expect(
      await shoal(['run', '--commands', '-', '--name', 'two', '--run-dir', 'here'], { stdin: () => stdin }),
    ).toBe(0);
    expect(requests[0]).toMatchObject({
      runDir: join(folder, 'here'),
      study: { name: 'two', cases: { count: 2 } },
    });
  });

  test.each([
    [['--commands', 'none.txt'], 'none.txt: No such file'],
    [['study.yaml', '--commands', 'study.yaml'], "unexpected argument 'study.yaml'"],
    [['study.yaml', '--name', 'other'], '--name belongs to --commands'],
    [['--commands', 'study.yaml', '--name', 'a b'], '--name cannot be used'],
    [
      ['--commands', '-', '--launcher', 'mpirun'],
      '--commands - cannot be used with ranks that are started for it',
    ],
    [['--commands', '-'], 'standard input: no command'],
    [['--commands'], '--commands needs a value'],
    [[], 'run needs STUDY'],
  ])('refuses %j', async (argv, text) => {
    expect(await shoal(['run', ...argv], { stdin: () => Readable.from([]) })).toBe(2);
    expect(err).toContain(text);
    expect(requests).toEqual([]);
  });
});

test('plan says what would be computed, and computes nothing', async () => {
  expect(await shoal(['plan', 'study.yaml', '--ranks', '2', '--json'])).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    ...{ cases: 3, done: 0, outputBytes: 8, unit: 'mean case', strategy: 'adaptive' },
    forecasts: [{ ranks: 2, bound: 1.5 }],
  });
  expect(requests).toEqual([]);
});

test('plan shows several numbers of ranks beside each other', async () => {
  expect(await shoal(['plan', 'study.yaml', '--ranks', '1,2, 4', '--strategy', 'block'])).toBe(0);
  expect(out).toMatch(/^ +1 rank +2 ranks +4 ranks$/m);
  expect(out).toMatch(/^ +block \(asked for\) +3\.0 +100 % +2\.0 +75 % +1\.0 +75 %$/m);
  expect(err).toBe('');
});

test('plan takes the nodes of a job from the settings of its site', async () => {
  await writeFile(
    join(folder, 'big.yaml'),
    'job: { nodes: 2, ntasks_per_node: 3, cpus_per_task: 4, mem: 32 GB, gpus_per_node: 2 }',
  );
  expect(await shoal(['plan', 'study.yaml', '--site', './big.yaml', '--json'])).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    site: { name: 'big', nodes: 2, ranks: 6 },
    forecasts: [{ ranks: 6 }],
  });
  expect(err).toBe('');
});

test('schema prints a JSON Schema', async () => {
  expect(await shoal(['schema'])).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ type: 'object' });
});

test('only runs are for every rank of a job', async () => {
  const solverRuns = (await Promise.all(domains.map(({ load }) => load()))).flatMap(({ runs }) => runs);
  const commands = [
    ['run', 'x'],
    ['resume', 'x'],
    ...solverRuns.map(({ name }) => [...name.split(' '), 'x']),
    ['manybody', 'plan', 'x'],
    ['info'],
    [],
  ];
  expect(commands.filter(isForAllRanks)).toEqual(commands.slice(0, -3));
});
