/** `kill -9` of every kind of process, at random moments, many times; a test file a transport runs them side by side. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { program, shoal } from '../program.js';
import { recordSkip } from '../skips.js';
import { campaign, describeCounts } from './campaign.js';
import { chaosRounds, chaosSeed, seeded } from './random.js';
import { resultTexts } from './run-state.js';
import { type ChaosStudy, chaosStudy } from './study.js';
import { launcherOf, type Transport, throughMpirun, underMpirun } from './transports.js';

const title =
  'Whatever is killed and whenever, results end up complete and bit-identical, nothing is done twice and nothing stays behind';

const limitMs = 60_000 + chaosRounds * 20_000;

/** `salt`: other transports, other moments. */
export function testKills(name: string, salt: number, transports: readonly Transport[]): void {
  let study: ChaosStudy;
  let expected: ReadonlyMap<number, string>;

  beforeAll(() => {
    program();
    study = chaosStudy({ cases: 600, caseMs: 2 });
    shoal(['run', study.file, '--run-dir', 'sequential', '--ranks', '1'], { cwd: study.folder });
    expected = resultTexts(`${study.folder}/sequential`);
    expect(expected.size).toBe(study.cases);
  });

  afterAll(() => study.remove());

  test(
    `${title}: ${name}`,
    async () => {
      const random = seeded(chaosSeed + salt);
      const { counts, history } = await campaign({ transports, study, expected, random, kills: chaosRounds });
      console.log(describeCounts(name, counts));
      expect(counts, history).toMatchObject({ lost: 0, doubled: 0, orphaned: 0 });
      expect(counts.kills).toBeGreaterThanOrEqual(chaosRounds);
      // Without this, a journal that keeps nothing until the end would pass.
      expect(counts.kept).toBeGreaterThan(0);
    },
    limitMs,
  );
}

export function testKillsUnder(family: 'openmpi' | 'mpich', salt: number): void {
  const launcher = launcherOf(family);
  if (launcher) {
    testKills(family, salt, [underMpirun(launcher), throughMpirun(launcher)]);
  } else {
    recordSkip(`kills of MPI ranks: no launcher of ${family} is installed`);
    test.skip(`${title}: ${family}`, () => {});
  }
}
