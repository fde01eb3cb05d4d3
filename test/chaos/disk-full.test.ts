/** The disk fills up in the middle of a run: it says so and ends, and goes on when there is room again. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { program, shoal } from '../program.js';
import { recordSkip } from '../skips.js';
import { resultTexts, runState } from './run-state.js';
import { Session } from './session.js';
import { type ChaosStudy, chaosStudy, notedCases } from './study.js';
import { launcherOf, local, type Transport, throughMpirun, underMpirun } from './transports.js';

/** 16 kB a case: a disk of 2 MiB has room for less than half of them. */
const cases = 300;
const smallDisk = '2m';
const largeDisk = '32m';

const someFailed = 1;

let study: ChaosStudy;
let disk: string;
let isMounted = false;
let expected: ReadonlyMap<number, string>;

beforeAll(() => {
  program();
  study = chaosStudy({ cases, caseMs: 1, extraDoubles: 2000 });
  disk = join(study.folder, 'disk');
  mkdirSync(disk);
  isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${smallDisk}`, 'shoal-test', disk]).status === 0;
  if (!isMounted) recordSkip('runs on a full disk: mounting a small tmpfs needs root');
  shoal(['run', study.file, '--run-dir', 'sequential', '--ranks', '1'], { cwd: study.folder });
  expected = resultTexts(join(study.folder, 'sequential'));
  expect(expected.size).toBe(cases);
});

afterAll(() => {
  if (isMounted) execFileSync('umount', ['-l', disk]);
  study.remove();
});

const transports: Transport[] = [local];
const openmpi = launcherOf('openmpi');
const mpich = launcherOf('mpich');
if (openmpi) transports.push(throughMpirun(openmpi));
if (mpich) transports.push(underMpirun(mpich));

test.for(transports.map((transport, i) => [transport.name, transport, i] as const))(
  'A full disk is a clear error, and a resume with room finishes without computing what was kept: %s',
  async ([, transport, i], { skip }) => {
    skip(!isMounted, 'no small disk can be mounted');
    execFileSync('sh', ['-c', 'rm -rf "$0"/*', disk]);
    execFileSync('mount', ['-o', `remount,size=${smallDisk}`, disk]);
    const runDir = join(disk, 'run');
    const start = (args: string[], name: string): Session =>
      new Session(transport.start([...args, '--quiet']), {
        cwd: study.folder,
        notes: join(study.folder, `notes-${i}-${name}`),
      });

    const filling = start(['run', study.file, '--run-dir', runDir], 'filling');
    const full = await filling.end();
    expect(full.stderr).toMatch(/no space is left/i);
    expect(full.stderr).toContain(runDir);
    expect(full.stderr).toMatch(/resume/);
    expect(full.stderr).not.toMatch(/internal error|^\s+at /m);
    expect(full.code).toBe(2);
    expect(await filling.orphans()).toEqual([]);
    const { done: kept } = runState(runDir);
    expect(kept.total).toBeGreaterThan(0);
    expect(kept.total).toBeLessThan(cases);

    const still = start(['resume', runDir], 'still');
    expect((await still.end()).code).toBe(2);
    expect(await still.orphans()).toEqual([]);
    for (const { first, count } of kept) expect([...runState(runDir).done.missing(first, count)]).toEqual([]);

    execFileSync('mount', ['-o', `remount,size=${largeDisk}`, disk]);
    const before = runState(runDir).done;
    const roomy = start(['resume', runDir], 'roomy');
    const end = await roomy.end();
    expect(end.code, end.stderr).toBe(someFailed);
    expect(await roomy.orphans()).toEqual([]);
    expect(notedCases(roomy.notes).filter((index) => before.has(index))).toEqual([]);
    expect(resultTexts(runDir)).toEqual(expected);
  },
);
