/** How a job ends: no way of ending leaves ranks that wait for ever, hides an error or changes its exit code. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { bundleProgram, runAlone, runnables, runRanks } from './families.js';

const libraries = { 'Open MPI': 'libmpi.so.40', MPICH: 'libmpich.so.12' } as const;

let script = '';

beforeAll(async () => {
  script = await bundleProgram('ending');
});

const ways = [
  { way: 'normally', code: 0, says: /rank 1 ends/ },
  { way: 'throws', code: 1, says: /TypeError: thrown on purpose\n\s+at / },
  { way: 'rejects', code: 7, says: /RangeError: rejected on purpose/ },
  { way: 'exits with 3', code: 3, says: /rank 0 started/ },
  { way: 'aborts with 4', code: 4, says: /rank 0 started/ },
  { way: 'finalizes, then exits with 5', code: 5, says: /rank 1 ends/ },
  { way: 'catches its own', code: 0, says: /rank 1 caught handled/ },
  { way: 'leaves receives', code: 0, says: /rank 1 ends/ },
  { way: 'uses MPI after its end', code: 0, says: /rank 1 ends/ },
];

for (const runnable of runnables) {
  describe.skipIf(!runnable.launcher)(`under ${runnable.name}`, () => {
    it.each(ways)(
      'a job that ends "$way" ends everywhere, with exit code $code',
      async ({ way, code, says }) => {
        const outcome = await runRanks(runnable, script, { ranks: 2, args: [way] });
        expect(outcome.stdout + outcome.stderr).toMatch(says);
        expect(outcome.code).toBe(code);
      },
    );
  });
}

describe('what a process printed', () => {
  // A launcher on a busy machine hears of the abort before it reads, and is gone then with what it has not read.
  const busyReader = `{ "$0" "$1" 'aborts before its words are read'; touch ended; } |
    { until [ -e printed ]; do sleep 0.05; done; sleep 0.5; [ ! -e ended ] || echo 'too early'; cat; }`;

  const installed = Object.entries(libraries).filter(([name]) =>
    runnables.some((runnable) => runnable.name === name && runnable.launcher),
  );

  it.each(installed)('is read before %s hears of its abort', (_name, library) => {
    const env = { ...process.env, SHOAL_LIBMPI: library };
    const cwd = mkdtempSync(join(tmpdir(), 'shoal-ending-'));
    try {
      const argv = ['-c', busyReader, process.execPath, script];
      const { stdout } = spawnSync('sh', argv, { cwd, env, encoding: 'utf8' });
      expect(stdout).toMatch(/^rank 0 started\n/);
    } finally {
      rmSync(cwd, { recursive: true });
    }
  });
});

const both = runnables.every(({ launcher }) => launcher);

describe('the choice of the library', () => {
  it.skipIf(!both).each(runnables)(
    'under the launcher of $name, the library of the other family is refused by name',
    async (runnable) => {
      const other = runnable.name === 'Open MPI' ? 'MPICH' : 'Open MPI';
      const outcome = await runRanks(runnable, script, {
        ranks: 2,
        args: ['normally'],
        env: { SHOAL_LIBMPI: libraries[other] },
      });
      expect(outcome.code).not.toBe(0);
      expect(outcome.stderr).toMatch(
        new RegExp(`of ${runnable.name} started 2 ranks, but ${other}.*${libraries[other]}.*SHOAL_LIBMPI`),
      );
      expect(outcome.stdout).not.toMatch(/started/);
    },
  );

  it.each([
    { given: '/nonexistent/libmpi.so', says: /SHOAL_LIBMPI: cannot use .*nonexistent/ },
    { given: 'libm.so.6', says: /libm\.so\.6 is no MPI library/ },
  ])('SHOAL_LIBMPI=$given is refused with the reason', async ({ given, says }) => {
    const outcome = await runAlone(script, { args: ['normally'], env: { SHOAL_LIBMPI: given } });
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toMatch(says);
  });

  it.skipIf(!both)('SHOAL_LIBMPI decides in a process without a launcher', async () => {
    for (const library of Object.values(libraries)) {
      const outcome = await runAlone(script, { args: ['normally'], env: { SHOAL_LIBMPI: library } });
      expect(outcome).toMatchObject({
        code: 0,
        signal: null,
        stdout: 'rank 0 started\nrank 0 ends\n',
      });
    }
  });
});
