/** However a study is handed out, isolated, retried and hurt, its results are those of one process without faults. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { LauncherFamily } from '../../src/launch/mpirun/launcher.js';
import { strategies } from '../../src/study/study.js';
import { Session, signal } from '../chaos/session.js';
import { launcherOf, local, throughMpirun } from '../chaos/transports.js';
import { program, shoal } from '../program.js';
import { recordSkip } from '../skips.js';
import { type FaultyStudy, faultyStudy, openGate } from './faulty-study.js';
import { expectSameFiles, someFailed } from './mixed-study.js';

/** Cases begun before a worker is killed. */
const begunFirst = 40;

/** Another one for each run of the tests; the titles have it, and SHOAL_SEED repeats it. */
const seed = Number(process.env.SHOAL_SEED ?? Date.now() % 2 ** 31);

const way = fc.record({
  strategy: fc.constantFrom(...strategies),
  ranks: fc.integer({ min: 2, max: 4 }),
  chunk: fc.oneof(fc.constant('auto'), fc.integer({ min: 1, max: 60 }).map(String)),
  victim: fc.nat(),
});

export function describeDeterminism(family: LauncherFamily | undefined): void {
  const launcher = family && launcherOf(family);
  const isMissing = family !== undefined && !launcher;
  if (isMissing) recordSkip(`results of hurt runs: no launcher of ${family} is installed`);
  const transport = launcher ? throughMpirun(launcher) : local;
  describe.skipIf(isMissing)(`with seed ${seed}, over ${transport.name}`, () => {
    let study: FaultyStudy;
    const sessions: Session[] = [];

    beforeAll(() => {
      program();
      study = faultyStudy();
      const options = ['--run-dir', 'reference', '--ranks', '1', '--strategy', 'block', '--quiet'];
      expect(shoal(['run', study.path, ...options], { cwd: study.folder })).toMatchObject({
        status: someFailed,
      });
      const rows = readFileSync(join(study.folder, 'reference', 'results.csv'), 'utf8')
        .trimEnd()
        .split('\n');
      expect(rows).toHaveLength(study.cases + 1);
      // Only what fails at every attempt has failed.
      expect(rows.filter((row) => row.includes(',failed,RangeError,'))).toHaveLength(10);
      expect(rows.filter((row) => row.endsWith(',completed,,'))).toHaveLength(study.cases - 10);
    });
    afterEach(() => {
      for (const session of sessions.splice(0)) session.dispose();
    });
    afterAll(() => study.remove());

    const unhurt = [
      ['inline', 'nothing', 0],
      ['process', 'nothing', 2],
    ] as const;
    // Over MPI, what nothing happens to is compared with its sequence elsewhere, by more strategies.
    test.each([...(launcher ? [] : unhurt), ['inline', 'a worker', 1], ['process', 'a worker', 3]] as const)(
      'isolation %s, and kill -9 of %s: the same files as in sequence',
      async (isolation, killed, row) => {
        await fc.assert(
          fc.asyncProperty(way, async ({ strategy, ranks, chunk, victim }) => {
            const name = `${killed === 'nothing' ? 'whole' : 'hurt'}-${isolation}-${strategy}-${ranks}-${chunk}-${victim}`;
            const runDir = join(study.folder, name);
            const notes = join(study.folder, `${name}.notes`);
            const options = ['--strategy', strategy, '--chunk', chunk, '--isolation', isolation, '--quiet'];
            const start = transport.start(['run', study.path, '--run-dir', runDir, ...options], ranks);
            const session = new Session(start, { cwd: study.folder, notes });
            sessions.push(session);
            if (killed !== 'nothing') {
              await session.begun(begunFirst);
              // Where ranks compute by themselves, one of them: the job ends, and is started again.
              const children = session.with('child');
              const workers = children.length > 0 ? children : session.with('rank');
              expect(workers.length).toBeGreaterThan(0);
              expect(signal(workers[victim % workers.length]!.pid, 'SIGKILL')).toBe(true);
            }
            openGate(notes);
            const { code, stderr } = await session.end();
            expect(code, stderr).toBe(someFailed);
            expectSameFiles(runDir, join(study.folder, 'reference'));
          }),
          { seed: seed + row, numRuns: 1, endOnFailure: true },
        );
      },
    );
  });
}
