/** The example of the binding on its own, run as a user's program that finds the package under its name. */
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/process/install.js';
import { program } from '../program.js';
import { runnables, runRanks } from './families.js';

const script = join(packageRoot(), 'examples', '05-mpi-hello', 'hello.mjs');

beforeAll(() => {
  program();
});

for (const runnable of runnables) {
  describe.skipIf(!runnable.launcher)(`under ${runnable.name}`, () => {
    it('the hello example hears from every rank', async () => {
      const outcome = await runRanks(runnable, script, { ranks: 3 });
      expect(outcome, outcome.stderr).toMatchObject({ code: 0 });
      const lines = outcome.stdout.split(/\r?\n/).filter((line) => line.startsWith('rank'));
      expect(lines.sort()).toEqual([
        'rank 0 of 3: squares 0 1 4, neighbour 2',
        'rank 1 of 3: squares 0 1 4, neighbour 0',
        'rank 2 of 3: squares 0 1 4, neighbour 1',
      ]);
    });
  });
}
