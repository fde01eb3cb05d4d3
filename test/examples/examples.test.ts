import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compilerVersion } from '../../src/kernels/compile.js';
import { packageRoot } from '../../src/process/install.js';
import { availableCores } from '../../src/process/node/cores.js';
import { ProgramFinder } from '../../src/process/spawn/find-program.js';
import { program, shoal } from '../program.js';
import { recordSkip } from '../skips.js';

const folder = mkdtempSync(join(tmpdir(), 'shoal-examples-'));
const examples = join(folder, 'examples');
const hasCompiler = compilerVersion() !== undefined;

/** Examples that are programs of their own, tested with what they show. */
const testedElsewhere = ['05-mpi-hello', '07-mpi-kernel'];

/** Many-body examples need programs that not every machine has. */
function hasProgram(name: string): boolean {
  if (new ProgramFinder(process.env.PATH).find(name, '/') !== undefined) return true;
  recordSkip(`the example 10-manybody: there is no ${name} here`);
  return false;
}

/** Beginnings are shown in whole milliseconds, and clocks of processes differ by less. */
const clockToleranceMs = 5;

/** Runs an example in a copy of the folder, so that nothing is written beside the sources. */
function run(example: string, ...options: string[]) {
  return shoal(['run', join('examples', example, 'study.yaml'), '--ranks', '2', ...options], { cwd: folder });
}

function lines(run: string, file = 'results.csv'): string[][] {
  const text = readFileSync(join(folder, 'runs', run, file), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => line.split(','));
}

function parquet(run: string) {
  return asyncBufferFromFile(join(folder, 'runs', run, 'results.parquet'));
}

beforeAll(() => {
  program();
  cpSync(join(packageRoot(), 'examples'), examples, { recursive: true });
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('the examples', () => {
  test('01: a Monte Carlo run of 100,000 models ends with statistics and a figure', async () => {
    // The TypeScript form needs minutes for all of them.
    const limit = hasCompiler ? [] : ['--limit', '500'];
    const done = run('01-tem1d', ...limit);
    expect(done.stderr).not.toMatch(/\berror\b/i);
    expect(done.status).toBe(0);
    const answer = readdirSync(join(folder, 'runs', 'tem1d-monte-carlo', 'answer'));
    expect(answer).toEqual(expect.arrayContaining(['figure.svg', 'statistics.csv']));
    const metadata = await parquetMetadataAsync(await parquet('tem1d-monte-carlo'));
    expect(Number(metadata.num_rows)).toBe(hasCompiler ? 100_000 : 500);
  });

  test('02: the rows of a grid come with the first parameter slowest', async () => {
    const limit = hasCompiler ? 60_000 : 100;
    const done = run('02-tem1d-grid', '--limit', String(limit));
    expect(done.stderr).not.toMatch(/\berror\b/i);
    expect(done.status).toBe(0);
    const rows = await parquetReadObjects({
      file: await parquet('tem1d-grid'),
      columns: ['case', 'rho1', 'rho2', 'h1', 'responses'],
    });
    expect(rows).toHaveLength(limit);
    expect(rows[0]).toMatchObject({ rho1: 10, rho2: 1, h1: 10 });
    expect(rows[29]).toMatchObject({ rho1: 10, rho2: 1, h1: 100 });
    expect(rows[30]).toMatchObject({ rho1: 10, h1: 10 });
    expect(rows[30]?.rho2).toBeGreaterThan(1);
    expect(rows[29]?.responses).toHaveLength(31);
    if (hasCompiler) expect(rows[59_999]).toMatchObject({ rho1: 1000, rho2: 100, h1: 100 });
  });

  test('03: a hundred cases computed again one by one have the same bits', () => {
    const done = run('03-tem1d-verify', '--verify', '100', '--json');
    expect(done.status).toBe(0);
    expect(JSON.parse(done.stdout)).toMatchObject({ verified: { cases: 100, different: [] } });
    expect(lines('tem1d-verify')).toHaveLength(1001);
  });

  test('04: a kernel in TypeScript, whose impossible cases are failed rows', () => {
    const done = run('04-kernel-typescript');
    expect(done.status).toBe(1);
    const [head, ...rows] = lines('pendulum');
    const at = (name: string) => (head as string[]).indexOf(name);
    expect(rows).toHaveLength(56);
    const failed = rows.filter((row) => row[at('status')] === 'failed');
    expect(failed).toHaveLength(8);
    expect(failed[0]?.[at('error_type')]).toBe('RangeError');
    // At a small amplitude T = 2 pi sqrt(l / g) (1 + amplitude^2 / 16 + …).
    const [length, amplitude, period] = ['length', 'amplitude', 'period'].map((name) =>
      Number(rows[0]?.[at(name)]),
    );
    const small =
      2 * Math.PI * Math.sqrt((length as number) / 9.80665) * (1 + (amplitude as number) ** 2 / 16);
    expect(period).toBeCloseTo(small, 8);
  });

  test('06: a kernel in C', ({ skip }) => {
    if (!hasCompiler) recordSkip('example 06: there is no C compiler');
    skip(!hasCompiler, 'there is no C compiler');
    const done = run('06-kernel-c');
    expect(done.stderr).not.toMatch(/\berror\b/i);
    expect(done.status).toBe(0);
    const [head, ...rows] = lines('lyapunov');
    const last = rows.at(-1) as string[];
    expect(rows).toHaveLength(10_001);
    // At r = 4 the exponent of the logistic map is log 2 exactly.
    expect(Number(last[(head as string[]).indexOf('exponent')])).toBeCloseTo(Math.log(2), 1);
    expect(existsSync(join(folder, 'runs', 'lyapunov', 'answer', 'statistics.csv'))).toBe(true);
  });

  test('08: a program for each case, and a file of commands', () => {
    expect(run('08-commands').status).toBe(0);
    const [head, ...rows] = lines('collatz');
    expect(head?.slice(0, 5)).toEqual(['case', 'start', 'exit_code', 'steps', 'highest']);
    // Known values of the Collatz problem.
    expect(rows[26]?.slice(0, 5)).toEqual(['26', '27', '0', '111', '9232']);
    expect(rows[96]?.slice(0, 5)).toEqual(['96', '97', '0', '118', '9232']);
    const file = join('examples', '08-commands', 'commands.txt');
    expect(shoal(['run', '--commands', file, '--ranks', '2'], { cwd: folder }).status).toBe(1);
    const ended = lines('commands').map((row) => row.slice(-3));
    expect(ended.at(-1)).toEqual(['failed', 'ExitCode', 'exit code 2: start must be a positive number']);
    const printed = (index: number) =>
      shoal(['output', 'runs/commands', String(index)], { cwd: folder }).stdout;
    expect(printed(2)).toBe('start 871\nsteps = 178\nhighest = 190996\n');
    expect(printed(3)).toBe('the sum is 5050\n');
  });

  test('09: a pipeline, each step behind what it needs and beside what fits; a part that is lost is left out', ({
    skip,
  }) => {
    const isTooSmall = availableCores() < 2;
    if (isTooSmall) recordSkip('example 09: its sorts need two cores');
    skip(isTooSmall, 'its sorts need two cores');
    const ended = (runDir: string) =>
      lines(runDir)
        .slice(1)
        .map((row) => [row[1], ...row.slice(8, 12)].join(' ').trim());
    const parts = [1, 2, 3, 4, 5, 6];
    expect(run('09-tasks', '--ranks', '3').status).toBe(0);
    expect(ended('pipeline')).toEqual([
      'prepare 0 1 completed',
      ...parts.map((part) => `fetch-${part} 50000 1 completed`),
      ...parts.map((part) => `sort-${part} 50000 2 completed`),
      'merge 300000 2 completed',
    ]);
    const table = shoal(
      ['export', 'runs/pipeline', '--execution', '--format', 'jsonl', '--output', 'how.jsonl'],
      {
        cwd: folder,
      },
    );
    expect(table.status).toBe(0);
    const attempts = readFileSync(join(folder, 'how.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
      .map(({ first_case, start, elapsed_ms }) => {
        const beginMs = Date.parse(start);
        return { index: Number(first_case), beginMs, endMs: beginMs + elapsed_ms - clockToleranceMs };
      });
    // The fetch of each even part is tried twice.
    expect(attempts).toHaveLength(14 + 3);
    const sorts = attempts
      .filter(({ index }) => index > 6 && index < 13)
      .sort((a, b) => a.beginMs - b.beginMs);
    for (const [i, { index, beginMs }] of sorts.entries()) {
      const fetches = attempts.filter((each) => each.index === index - 6);
      // A machine of two cores has room for one sort.
      const others = availableCores() < 4 ? sorts.slice(0, i) : [];
      for (const { endMs } of [...fetches, ...others]) expect(beginMs).toBeGreaterThanOrEqual(endMs);
    }

    const script = join(examples, '09-tasks', 'step.sh');
    const text = readFileSync(script, 'utf8');
    writeFileSync(
      script,
      text.replace('  file=parts/part-$2', '  [ $2 != 3 ] || exit 69\n  file=parts/part-$2'),
    );
    expect(run('09-tasks', '--run-dir', 'runs/lost').status).toBe(1);
    const lost = ended('lost');
    expect(lost.filter((row) => !row.endsWith('completed'))).toEqual([
      'fetch-3   failed ExitCode',
      'sort-3   cancelled DependencyFailed',
    ]);
    expect(lost.at(-1)).toBe('merge 250000 2 completed');
  });

  test('10: a water hexamer by xtb, and two levels of theory by Psi4 and xtb', () => {
    if (!hasProgram('xtb')) return;
    const input = join('examples', '10-manybody', 'hexamer.yaml');
    const hexamer = shoal(['manybody', 'run', input, '--ranks', '2'], { cwd: folder });
    expect(hexamer.status).toBe(0);
    expect(hexamer.stdout).toMatch(/RTN §A {2}3 .*-42\.65/);
    expect(hexamer.stdout).toMatch(/water-hexamer: 41 cases completed/);
    const picture = readFileSync(
      join(folder, 'runs', 'water-hexamer', 'answer', 'contributions.svg'),
      'utf8',
    );
    expect(picture).toContain('2-body');
    if (!hasProgram('psi4')) return;
    expect(run('10-manybody').status).toBe(0);
    const rows = lines('water-trimer-two-levels', 'answer/contributions.csv');
    expect(rows.map((row) => row.slice(0, 3).join(' '))).toEqual([
      'bsse nbody model_chemistry',
      'nocp 1 mp2/6-31g',
      'nocp 2 mp2/6-31g',
      'nocp 3 GFN2-xTB',
    ]);
    expect(Number(rows[3]?.[5])).toBeCloseTo(-0.03558639, 6);
  });

  test('are all tested', () => {
    const tested = [
      '01-tem1d',
      '02-tem1d-grid',
      '03-tem1d-verify',
      '04-kernel-typescript',
      '06-kernel-c',
      '08-commands',
      '09-tasks',
      '10-manybody',
    ];
    expect(readdirSync(examples).sort()).toEqual([...tested, ...testedElsewhere].sort());
  });
});
