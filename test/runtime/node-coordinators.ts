/** Six ranks of an MPI job, two of them node coordinators: what a run through them must be like. */
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runState } from '../chaos/run-state.js';
import { startProgram } from '../cli/program.js';
import { type FamilyName, type Outcome, runnables, runRanks, startArguments } from '../mpi/families.js';
import { eventually, processesMarked } from '../process/marked.js';
import { program, shoal } from '../program.js';

const ranks = 6;
const cases = 3000;

/**
 * Cases of unequal length; every 61st fails. With SHOAL_TEST_FALL, the first child process that comes to case 1000 or
 * beyond is killed, in each place once; with SHOAL_TEST_LAME, rank 5 cannot load the kernel; with SHOAL_TEST_SLOW, cases
 * take their time.
 */
const kernel = `import { existsSync, writeFileSync } from 'node:fs';
const { SHOAL_TEST_FALL: fall, SHOAL_TEST_LAME: lame, SHOAL_TEST_SLOW: slow } = process.env;
const place = process.argv[2] === 'worker-stdio' ? JSON.parse(process.argv[3]).worker : undefined;
if (lame && place === 5) throw new Error('this rank is lame');
const pause = new Int32Array(new SharedArrayBuffer(4));
export const kernel = { name: 'unequal', version: '1', inputs: [{ name: 'x' }], outputs: [{ name: 'y' }],
  run({ x }, { first }) {
    if (fall && first >= 1000 && Number(place) > 0 && Number(place) < 6 && !existsSync(fall + place)) {
      writeFileSync(fall + place, '');
      process.kill(process.pid, 'SIGKILL');
    }
    if (slow) Atomics.wait(pause, 0, 0, 20);
    if (first % 61 === 17) throw new RangeError('case ' + first);
    let sum = x;
    for (let i = 0; i < (first % 7) * 2000; i++) sum = sum * 0.999 + x / (1 + i);
    return { y: sum };
  } };
`;

const studyText = `name: unequal
kernel: ./kernel.mjs
parameters: { x: { linspace: [0, 1, ${cases}] } }
output: [csv]
`;

export function describeNodeCoordinators(
  family: FamilyName,
  ways: readonly (readonly [strategy: string, chunk: string, coordinators: string])[],
): void {
  const runnable = runnables.find(({ name }) => name === family)!;

  describe.skipIf(!runnable.launcher)(`node coordinators over ${family}`, () => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'shoal-node-')));
    const study = join(folder, 'study.yaml');
    const runDirOf = (name: string): string => join(folder, name);
    let main = '';
    let reference = '';

    const run = (
      name: string,
      more: readonly string[],
      env: Readonly<Record<string, string>> = {},
    ): Promise<Outcome> => {
      const args = ['run', study, '--run-dir', runDirOf(name), '--quiet', ...more];
      return runRanks(runnable, main, { ranks, args, env });
    };
    const resultsOf = (name: string): string => readFileSync(join(runDirOf(name), 'results.csv'), 'utf8');

    beforeAll(() => {
      main = program();
      writeFileSync(join(folder, 'kernel.mjs'), kernel);
      writeFileSync(study, studyText);
      const args = ['run', study, '--run-dir', runDirOf('reference'), '--ranks', '1', '--quiet'];
      expect(shoal(args, { cwd: folder })).toMatchObject({ status: 1 });
      reference = resultsOf('reference');
    });

    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    test.each(ways)(
      'by strategy %s in chunks of %s with --coordinators %s give the same file',
      async (...way) => {
        const [strategy, chunk, coordinators] = way;
        const name = `${strategy}-${coordinators}`;
        const options = ['--strategy', strategy, '--chunk', chunk, '--coordinators', coordinators];
        const { code, stdout, stderr } = await run(name, options);
        expect(`${stderr}${code}`).toMatch(/1$/);
        expect(stdout).toContain(`through ${coordinators} node coordinator`);
        expect(resultsOf(name)).toBe(reference);
        const { sessions } = JSON.parse(readFileSync(join(runDirOf(name), 'manifest.json'), 'utf8'));
        expect(sessions[0].facts).toMatchObject({ ranks, coordinators: Number(coordinators) });
        const file = join(folder, `${name}.csv`);
        const args = ['export', runDirOf(name), '--format', 'csv', '--execution', '--output', file];
        expect(shoal(args, { cwd: folder })).toMatchObject({ status: 0 });
        const [head, ...rows] = readFileSync(file, 'utf8').trimEnd().split('\n');
        const column = head!.split(',').indexOf('worker');
        const workers = new Set(rows.map((row) => Number(row.split(',')[column])));
        // Real workers: ranks, and the children beside rank 0 and the node coordinators under the numbers of these.
        for (const worker of workers) expect(worker).toBeLessThan(ranks);
      },
    );

    test('whose child is killed go on with another, and with all cases', async () => {
      const fall = join(folder, 'fallen-');
      const { code, stderr } = await run('fall', ['--coordinators', '2', '--chunk', '5'], {
        SHOAL_TEST_FALL: fall,
      });
      const fallen = [1, 2, 3, 4, 5].filter((rank) => existsSync(`${fall}${rank}`));
      expect(fallen.length).toBeGreaterThan(0);
      for (const rank of fallen) expect(stderr).toContain(`worker ${rank} was ended by SIGKILL`);
      expect(code).toBe(1);
      expect(resultsOf('fall')).toBe(reference);
    });

    test('pass on that a rank behind them cannot take part', async () => {
      const { code, stderr } = await run('lame', ['--coordinators', '2'], { SHOAL_TEST_LAME: '1' });
      expect(stderr).toMatch(/worker 5 on \S+ is refused: .*this rank is lame/);
      expect(code).not.toBe(0);
    });

    test('end with their ranks when the launcher is stopped, and keep what is done', async () => {
      const command = [
        process.execPath,
        main,
        'run',
        study,
        '--run-dir',
        runDirOf('stop'),
        '--coordinators',
        '2',
      ];
      const { args, env } = startArguments(runnable, ranks, command);
      const environment = { ...(env as Record<string, string>), SHOAL_TEST_SLOW: '1' };
      const session = startProgram(runnable.launcher!, args, folder, environment);
      const doneOf = (): number => runState(runDirOf('stop')).done.total;
      expect(await eventually(() => doneOf() > 50)).toBe(true);
      session.child.kill('SIGTERM');
      await session.ended;
      expect(await eventually(() => processesMarked(session.mark).length === 0)).toBe(true);
      const done = doneOf();
      expect(done).toBeGreaterThan(50);
      const rest = shoal(['resume', runDirOf('stop'), '--ranks', '2', '--quiet', '--json'], { cwd: folder });
      expect(JSON.parse(rest.stdout)).toMatchObject({ computedNow: cases - done });
      expect(resultsOf('stop')).toBe(reference);
    });
  });
}
