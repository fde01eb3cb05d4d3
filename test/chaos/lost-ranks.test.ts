/** `kill -9` under Open MPI 5: ranks that die cost what they computed, and whatever else dies leaves nothing behind. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findLaunchers } from '../../src/launch/mpirun/launcher.js';
import { openMpi5 } from '../mpi/open-mpi-5.js';
import { program, shoal } from '../program.js';
import { inflict } from './faults.js';
import { chaosSeed, seeded } from './random.js';
import { resultTexts } from './run-state.js';
import { Session, type SessionEnd } from './session.js';
import { type ChaosStudy, chaosStudy, quicken, type StudyOptions } from './study.js';
import { type Target, type Transport, throughMpirun, underMpirun } from './transports.js';

const folder = openMpi5();
const SHOAL_MPIRUN = folder && join(folder, 'bin', 'mpirun');
const [launcher] = folder ? findLaunchers({ ...process.env, SHOAL_MPIRUN }) : [];

/** Some cases of the study fail. */
const someFailed = 1;

interface Kind extends StudyOptions {
  readonly name: string;
  /** What dies in a job that survives it, and who called its mpirun. */
  readonly borne: readonly {
    readonly who: 'the user' | 'the program';
    readonly targets: readonly Target[];
  }[];
  /** What its job does not survive. */
  readonly ending: readonly Target[];
}

const kinds: readonly Kind[] = [
  {
    name: 'small results',
    ...{ cases: 600, caseMs: 50 },
    borne: [
      { who: 'the user', targets: ['child', 'rank'] },
      { who: 'the program', targets: ['rank'] },
    ],
    ending: ['rank 0', 'launcher', 'everything'],
  },
  {
    // Many ranks die while a message of theirs is half received.
    name: 'results of a third of a megabyte',
    ...{ cases: 150, caseMs: 50, extraDoubles: 40_000 },
    borne: [
      { who: 'the user', targets: ['rank'] },
      { who: 'the user', targets: ['rank', 'rank'] },
    ],
    ending: [],
  },
];

for (const { name, borne, ending, ...options } of kinds) {
  describe.skipIf(!launcher)(`a study of ${name}`, () => {
    const random = seeded(chaosSeed);
    let study: ChaosStudy;
    let expected: ReadonlyMap<number, string>;

    beforeAll(() => {
      program();
      study = chaosStudy(options);
      shoal(['run', study.file, '--run-dir', 'sequential', '--ranks', '1'], { cwd: study.folder });
      expected = resultTexts(join(study.folder, 'sequential'));
      expect(expected.size).toBe(study.cases);
    });

    afterAll(() => study.remove());

    /** Runs or goes on with a run, and kills one of `target` after the other when cases are computed. */
    async function run(
      transport: Transport,
      runDir: string,
      targets: readonly Target[],
    ): Promise<SessionEnd & { readonly kills: number }> {
      const args = ['run', study.file, '--run-dir', runDir, '--quiet'];
      const notes = join(study.folder, `notes-${random.between(0, 2 ** 31)}`);
      const session = new Session(transport.start(args), { cwd: study.folder, notes });
      const world = { session, runDir, random, clock: undefined, disk: undefined };
      try {
        let kills = 0;
        for (const target of targets) {
          await session.begun(random.between(1, Math.ceil(study.cases / 10)));
          if (await inflict({ kind: 'kill', target }, world)) kills++;
        }
        // Long enough for the kills on any machine; what is left is quick.
        quicken(notes);
        const end = await session.end();
        expect(await session.orphans(), end.stderr).toEqual([]);
        return { ...end, kills };
      } finally {
        session.dispose();
      }
    }

    test.each(borne)(
      'under mpirun of $who ends by itself without its $targets, and with the same results',
      async ({ who, targets }) => {
        const runDir = join(study.folder, `run-${random.between(0, 2 ** 31)}`);
        const transport = who === 'the user' ? underMpirun(launcher!) : throughMpirun(launcher!);
        const end = await run(transport, runDir, targets);
        expect(end.kills).toBeGreaterThan(0);
        expect(end.code, end.stderr).toBe(someFailed);
        expect(end.stderr).toMatch(
          /worker \d+ was (lost|ended by SIGKILL); its cases are computed by others/,
        );
        expect(resultTexts(runDir)).toEqual(expected);
      },
    );

    test.each(ending)(
      'without its %s ends everywhere, and goes on to the same results, however it is run again',
      async (target) => {
        const runDir = join(study.folder, `run-${target.replace(' ', '-')}`);
        const end = await run(underMpirun(launcher!), runDir, [target]);
        expect(end.kills).toBe(1);
        expect([0, someFailed]).not.toContain(end.code);
        const again = shoal(['resume', runDir, '--ranks', '1', '--quiet'], { cwd: study.folder });
        expect(again.status, again.stderr).toBe(someFailed);
        expect(resultTexts(runDir)).toEqual(expected);
      },
    );
  });
}
