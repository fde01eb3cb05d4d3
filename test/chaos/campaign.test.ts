/** All faults over all transports, at random: whatever happens and whenever, results end up complete and the same. */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { program, shoal } from '../program.js';
import { recordSkip } from '../skips.js';
import { type Counts, campaign } from './campaign.js';
import { type ClockShim, clockShim } from './clock.js';
import { faultKinds } from './faults.js';
import { chaosMinutes, chaosSeed, seeded } from './random.js';
import { resultTexts } from './run-state.js';
import { type ChaosStudy, chaosStudy } from './study.js';
import { families, launcherOf, local, type Transport, throughMpirun, underMpirun } from './transports.js';

let study: ChaosStudy;
let expected: ReadonlyMap<number, string>;
let clock: ClockShim | undefined;
let disk: string | undefined;

beforeAll(() => {
  program();
  study = chaosStudy({ cases: 600, caseMs: 5 });
  shoal(['run', study.file, '--run-dir', 'sequential', '--ranks', '1'], { cwd: study.folder });
  expected = resultTexts(join(study.folder, 'sequential'));
  expect(expected.size).toBe(study.cases);
  clock = clockShim(study.folder);
  if (!clock) recordSkip('jumps of the clock: there is no C compiler');
  const folder = join(study.folder, 'disk');
  mkdirSync(folder);
  const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'shoal-test', folder]);
  if (mount.status === 0) disk = folder;
  else recordSkip('full disks in the campaign: mounting a small tmpfs needs root');
});

afterAll(() => {
  if (disk) spawnSync('umount', ['-l', disk]);
  study.remove();
});

function transports(): Transport[] {
  const found: Transport[] = [local];
  for (const family of families) {
    const launcher = launcherOf(family);
    if (launcher) found.push(underMpirun(launcher), throughMpirun(launcher));
    else recordSkip(`the campaign over MPI: no launcher of ${family} is installed`);
  }
  return found;
}

test(
  'Whatever is killed, stopped, slowed, filled, cut or set, nothing is lost, doubled or left behind',
  async () => {
    console.log(`chaos for ${chaosMinutes} min; SHOAL_CHAOS_SEED=${chaosSeed} repeats it`);
    const { counts, history } = await campaign({
      ...{ transports: transports(), study, expected, clock, disk },
      random: seeded(chaosSeed),
      forMs: chaosMinutes * 60_000,
    });
    console.log(table(counts));
    expect(counts, history).toMatchObject({ lost: 0, doubled: 0, orphaned: 0 });
    expect(counts.faults.kill).toBeGreaterThan(0);
    // Without this, a journal that keeps nothing until the end would pass.
    expect(counts.kept).toBeGreaterThan(0);
  },
  chaosMinutes * 60_000 + 600_000,
);

function table({ sessions, finished, faults, lost, doubled, orphaned, kept, repeated }: Counts): string {
  const columns: readonly (readonly [string, number])[] = [
    ['runs', finished],
    ['sessions', sessions],
    ...faultKinds.map((kind) => [kind, faults[kind]] as const),
    ['kept', kept],
    ['again', repeated],
    ['lost', lost],
    ['doubled', doubled],
    ['orphaned', orphaned],
  ];
  const width = (title: string, value: number): number => Math.max(title.length, String(value).length) + 2;
  return [0, 1]
    .map((row) => columns.map((column) => String(column[row]).padStart(width(...column))).join(''))
    .join('\n');
}
