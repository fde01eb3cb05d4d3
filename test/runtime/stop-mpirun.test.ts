/** Stopping the launcher itself: ranks are given a moment or none. */
import { describe, expect, test } from 'vitest';
import { mainScript } from '../../src/process/install.js';
import { readManifest } from '../../src/store/manifest.js';
import { runState } from '../chaos/run-state.js';
import { startProgram } from '../cli/program.js';
import { runnables, startArguments } from '../mpi/families.js';
import { eventually, processesMarked } from '../process/marked.js';
import { expectResumable, folder, noted, notes, runDirOf, setUpStops, study, watched } from './stops.js';

setUpStops();

for (const runnable of runnables) {
  describe.skipIf(!runnable.launcher)(`under the mpirun of ${runnable.name}`, () => {
    test.each(['SIGINT', 'SIGTERM'] as const)(
      '%s to mpirun ends every rank and keeps what is done',
      async (signal) => {
        const name = `under-${runnable.name.replace(' ', '-')}-${signal}`;
        const command = [
          process.execPath,
          mainScript(),
          'run',
          study,
          '--run-dir',
          runDirOf(name),
          '--chunk',
          '1',
        ];
        const { args, env } = startArguments(runnable, 2, command);
        const environment = { ...(env as Record<string, string>), SHOAL_TEST_NOTES: notes };
        const session = watched(startProgram(runnable.launcher!, args, folder, environment));
        const isFar = () => noted() >= 40 && runState(runDirOf(name)).done.total > 20;
        expect(await eventually(isFar)).toBe(true);
        session.child.kill(signal);
        await session.ended;
        expect(await eventually(() => processesMarked(session.mark).length === 0)).toBe(true);
        // Whether or not rank 0 came to its end before it was killed.
        expect(readManifest(runDirOf(name))?.sessions.map(({ state }) => state)).toEqual(['interrupted']);
        expect(expectResumable(name)).toBeGreaterThan(20);
      },
    );
  });
}
