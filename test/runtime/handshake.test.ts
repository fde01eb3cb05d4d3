/** Ranks that do not fit together are refused by name, before any computes. */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync, cpSync, existsSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/process/install.js';
import { type Outcome, type Runnable, runnables, startArguments } from '../mpi/families.js';
import { eventually, processesMarked } from '../process/marked.js';
import { program } from '../program.js';
import { mixedStudies } from './mixed-study.js';

const { folder, studies } = mixedStudies(false);
const study = studies[0]!.path;
const otherBuild = join(folder, 'other-build');
let main = '';

beforeAll(() => {
  main = program();
  // Another build of the same program: as it is after an upgrade on some of the hosts.
  for (const name of ['package.json', 'dist', 'native']) {
    cpSync(join(packageRoot(), name), join(otherBuild, name), { recursive: true });
  }
  symlinkSync(join(packageRoot(), 'node_modules'), join(otherBuild, 'node_modules'));
  appendFileSync(join(otherBuild, 'dist', 'main.js'), '// of another day\n');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a job to its end; whatever it leaves behind is counted. */
async function job(
  runnable: Runnable,
  ranks: number,
  command: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Outcome & { readonly orphans: number }> {
  const mark = randomUUID();
  const { args, env } = startArguments(runnable, ranks, command);
  const child = spawn(runnable.launcher!, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...env, ...environment, SHOAL_TEST_MARK: mark },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text) => (stdout += text));
  child.stderr.on('data', (text) => (stderr += text));
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  await eventually(() => processesMarked(mark).length === 0);
  return { code, signal, stdout, stderr, orphans: processesMarked(mark).length };
}

const libraries = { 'Open MPI': 'libmpi.so.40', MPICH: 'libmpich.so.12' } as const;
const hasBoth = runnables.every(({ launcher }) => launcher !== undefined);

for (const runnable of runnables) {
  describe.skipIf(!runnable.launcher)(`under ${runnable.name}`, () => {
    const runDir = join(folder, runnable.name.replace(' ', '-'));
    const command = (script: string) => [process.execPath, script, 'run', study, '--run-dir', runDir];

    test('a rank of another build is refused by its number, host and build', async () => {
      const other = join(otherBuild, 'dist', 'main.js');
      const done = await job(runnable, 1, [...command(main), ':', '-np', '1', ...command(other)]);
      expect(done.stderr).toMatch(
        /worker 1 \(pid \d+ on \S+\) runs build \S+-[0-9a-f]{16}, the coordinator \S+-[0-9a-f]{16}: install the same version/,
      );
      expect(done).toMatchObject({ code: 2, orphans: 0 });
      expect(done.stderr).not.toMatch(/\n\s+at /);
    });

    test.skipIf(!hasBoth)('the library of the other family is refused, and both are named', async () => {
      const other = runnable.name === 'Open MPI' ? 'MPICH' : 'Open MPI';
      const done = await job(runnable, 2, command(main), { SHOAL_LIBMPI: libraries[other] });
      expect(done.stderr).toMatch(new RegExp(`of ${runnable.name} started 2 ranks, but ${other}`));
      expect(done.stderr).toContain('SHOAL_LIBMPI');
      expect(done).toMatchObject({ code: 2, orphans: 0 });
    });

    test('a study that cannot be read is refused once, and every rank goes', async () => {
      const done = await job(runnable, 3, [process.execPath, main, 'run', join(folder, 'missing.yaml')]);
      expect(done.stderr.match(/missing\.yaml/g)).toHaveLength(1);
      expect(done).toMatchObject({ code: 2, orphans: 0 });
    });

    test('a run that is complete sends its ranks home', async () => {
      const complete = join(folder, `complete-${runnable.name.replace(' ', '-')}`);
      const run = [process.execPath, main, 'run', study, '--run-dir', complete, '--limit', '10', '--quiet'];
      expect(await job(runnable, 2, run)).toMatchObject({ code: 0, orphans: 0 });
      const again = await job(runnable, 3, run);
      expect(again).toMatchObject({ code: 0, orphans: 0 });
      expect(again.stdout).toContain('10 cases completed');
      expect(existsSync(join(complete, 'results.csv'))).toBe(true);
    });
  });
}
