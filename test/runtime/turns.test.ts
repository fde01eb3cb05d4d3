/** Kernels in turn, over local processes and under each MPI: the same files, and who computed what. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runnables, runRanks } from '../mpi/families.js';
import { program, shoal } from '../program.js';

const count = 42;
const someFailed = 1;

const halves = `export const kernel = { name: 'halves', version: '1', inputs: [{ name: 'x', dtype: 'int32' }], outputs: [{ name: 'y' }],
  run: ({ x }) => { if (x % 2 === 1) throw new RangeError(x + ' is odd'); return { y: x / 2 + 1000 }; } };`;

const study = `name: turns
kernel:
  - { command: [sh, -c, 'test $(( $1 % 3 )) -ne 0 && echo $1', sh, '{x}'], outputs: [{ name: y }] }
  - ./halves.mjs
  - { command: [sh, -c, 'test $1 -ne 21 && echo $(( $1 * 10 ))', sh, '{x}'], outputs: [{ name: y }] }
parameters: { x: { linspace: [0, ${count - 1}, ${count}] } }
execution: { backoff: [1 ms, 4 ms] }
output: [csv]
`;

/** The attempt that counts, and its value; nothing of case 21, at which all fail. */
function expected(x: number): { attempts: number; y: number | null } {
  if (x % 3 !== 0) return { attempts: 1, y: x };
  if (x % 2 === 0) return { attempts: 2, y: x / 2 + 1000 };
  return { attempts: 3, y: x === 21 ? null : x * 10 };
}

const cases = Array.from({ length: count }, (_, x) => ({ x, ...expected(x) }));
const calculators = ['sh (1)', 'halves.mjs', 'sh (3)'];

const ways = [
  { name: 'local processes', isMissing: false, family: undefined },
  ...runnables.map((runnable) => ({
    name: `MPI under ${runnable.name}`,
    isMissing: !runnable.launcher,
    family: runnable,
  })),
];

let folder = '';
let main = '';

beforeAll(() => {
  main = program();
  folder = mkdtempSync(join(tmpdir(), 'shoal-turns-'));
  writeFileSync(join(folder, 'halves.mjs'), halves);
  writeFileSync(join(folder, 'study.yaml'), study);
  const args = ['run', 'study.yaml', '--run-dir', 'reference', '--ranks', '1', '--quiet'];
  expect(shoal(args, { cwd: folder })).toMatchObject({ status: someFailed });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const csvOf = (runDir: string): string => readFileSync(join(folder, runDir, 'results.csv'), 'utf8');

test('what one kernel cannot compute the next one does, and the last failure is the row', () => {
  const rows = csvOf('reference')
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((row) => row.split(','));
  expect(rows).toHaveLength(count);
  for (const { x, y } of cases) {
    const [index, parameter, exitCode, value, status, type] = rows[x] as string[];
    expect([index, parameter]).toEqual([String(x), String(x)]);
    if (y === null) expect([exitCode, value, status, type]).toEqual(['1', '', 'failed', 'ExitCode']);
    else expect([exitCode, value, status]).toEqual(['0', String(y), 'completed']);
  }
});

for (const { name, isMissing, family } of ways) {
  describe.skipIf(isMissing)(name, () => {
    test.each([1, 3])(
      'gives the same files over %i ranks, counts retries, and names who computed',
      async (ranks) => {
        const runDir = `${family?.name ?? 'local'}-${ranks}`;
        const args = [
          'run',
          join(folder, 'study.yaml'),
          '--run-dir',
          join(folder, runDir),
          '--json',
          '--verify',
          '12',
        ];
        const { code, stdout, stderr } = family
          ? await runRanks(family, main, { ranks, args })
          : local(shoal([...args, '--ranks', String(ranks)], { cwd: folder }));
        expect(code, stderr).toBe(someFailed);
        expect(csvOf(runDir)).toBe(csvOf('reference'));
        const retries = cases.reduce((sum, { attempts }) => sum + attempts - 1, 0);
        expect(JSON.parse(stdout)).toMatchObject({
          ...{ done: count, failed: 1, kernelForm: 'mixed' },
          verified: { cases: 12, different: [] },
          statistics: { retries, successful: count - 1, failed: 1 },
        });
        const file = join(folder, runDir, 'execution.jsonl');
        const exporting = ['export', runDir, '--execution', '--format', 'jsonl', '--output', file];
        expect(shoal(exporting, { cwd: folder })).toMatchObject({ status: 0 });
        const chunks = readFileSync(file, 'utf8')
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line));
        expect(
          chunks.map(({ first_case, attempt, calculator }) => [first_case, attempt, calculator]),
        ).toEqual(
          cases.flatMap(({ x, attempts }) =>
            calculators.slice(0, attempts).map((calculator, i) => [x, i + 1, calculator]),
          ),
        );
        // A module prints nothing and measures nothing of its own.
        for (const { attempt, cpu_seconds: cpuSeconds } of chunks)
          expect(typeof cpuSeconds === 'number').toBe(attempt !== 2);
      },
    );
  });
}

test('a case tells which kernel computed each attempt, and what the last one printed', () => {
  const { stdout } = shoal(['explain', 'reference', '9'], { cwd: folder });
  expect(stdout).toMatch(
    /attempt 1 by sh \(1\): worker.*\n\s+ExitCode: exit code 1\n\s+attempt 2 by halves\.mjs: /,
  );
  expect(stdout).toContain('RangeError: 9 is odd');
  expect(stdout).toContain('attempt 3 by sh (3): worker');
  expect(shoal(['output', 'reference', '9'], { cwd: folder }).stdout).toBe('90\n');
});

test('a plan of it can be made', () => {
  const { status, stdout } = shoal(['plan', 'study.yaml', '--run-dir', 'planned'], { cwd: folder });
  expect(status).toBe(0);
  expect(stdout).toMatch(/^form +several in turn$/m);
  expect(stdout).toMatch(/^kernel .*, then .*halves\.mjs, then sh -c /m);
});

test.each(['run', 'plan'])('outputs that differ are refused by %s before anything is written', (command) => {
  writeFileSync(join(folder, 'unlike.yaml'), study.replaceAll('name: y', 'name: z'));
  const { status, stderr } = shoal([command, 'unlike.yaml', '--run-dir', 'unlike'], { cwd: folder });
  expect(status).toBe(2);
  expect(stderr).toContain('kernels in turn must have the same outputs, sh (1) and halves.mjs have not');
  expect(stderr).toContain('expected z: float64, as sh (1) has, got y: float64');
  expect(() => readFileSync(join(folder, 'unlike', 'manifest.json'))).toThrow('ENOENT');
});

function local({ status, stdout, stderr }: ReturnType<typeof shoal>): {
  code: number | null;
  stdout: string;
  stderr: string;
} {
  return { code: status, stdout, stderr };
}
