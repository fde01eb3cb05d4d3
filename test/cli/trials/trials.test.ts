import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { program, shoal } from '../../program.js';
import { recordSkip } from '../../skips.js';
import { isThere } from '../../solvers/manybody/programs/water.js';
import { argon, folder, moleculeOf, scripted, writeInput } from '../../solvers/manybody/run/folder.js';
import { qcmanybodyIsThere } from '../../solvers/manybody/run/qcmanybody.js';

beforeAll(() => {
  program();
  mkdirSync(join(folder, 'tmp'));
});

/** Its temporary folders are in one of its own, so that what stays there is seen. */
const manybody = (...args: string[]) =>
  shoal(['manybody', ...args, '--quiet'], { cwd: folder, env: { TMPDIR: join(folder, 'tmp') } });

const potential = {
  molecule: moleculeOf(argon.slice(0, 3)),
  driver: 'gradient',
  bsse: 'nocp',
  calculation: { program: 'potential', method: 'lennard-jones' },
};

interface Validation {
  readonly isSame: boolean;
  readonly agreements: readonly { readonly quantity: string; readonly different: number }[];
  readonly runs: readonly { readonly ranks: number; readonly seconds: number }[];
}

test('A sequential and a parallel run have the same bits, and leave no folder behind', () => {
  const { stdout, stderr, status } = manybody('validate', writeInput('same', potential), '--ranks', '2');
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^same: 7 calculations, sequentially and on 2 ranks\n/);
  expect(stdout).toMatch(/^gradient of calculations +36 +0 +0 +0$/m);
  expect(stdout).toMatch(/^assembled gradient +\d+ +0 +0 +0$/m);
  expect(stdout).toMatch(/^2 ranks +[\d.]+ +[\d.]+ +[\d.]+ +\d+ %$/m);
  expect(stdout).toMatch(/\nEvery bit is the same\n$/);
  expect(status).toBe(0);
  expect(readdirSync(join(folder, 'tmp'))).toEqual([]);
});

test('Runs that differ are told from one another, and a difference that is allowed is none', () => {
  // Each calculation after the first four adds a millionth, which only the second run comes to.
  const count = join(folder, 'calls');
  const calculation = scripted(
    `echo call >> ${count}; [ $(wc -l < ${count}) -gt 3 ] && digit=1; echo E = -1.00000\${digit:-0}; echo bye`,
  );
  const input = writeInput('other', { molecule: moleculeOf(argon.slice(0, 2)), bsse: 'nocp', calculation });
  const differ = manybody('validate', input, '--ranks', '2', '--json');
  const { isSame, agreements, runs } = JSON.parse(differ.stdout) as Validation;
  expect(isSame).toBe(false);
  expect(agreements.find(({ quantity }) => quantity === 'energy of calculations')).toMatchObject({
    ...{ compared: 3, different: 3, missing: 0, place: '§(auto)_(1)@(1)' },
    largest: expect.closeTo(1e-6, 12) as number,
  });
  expect(runs.map(({ ranks }) => ranks)).toEqual([1, 2]);
  expect(differ.status).toBe(1);
  writeFileSync(count, '');
  const allowed = manybody('validate', input, '--ranks', '1', '--tolerance', '1e-5', '--run-dir', 'kept');
  expect(allowed.stdout).toMatch(/\nLargest difference \d\.0e-6, at most 0\.00001 is allowed\n$/);
  expect(allowed.status).toBe(0);
  expect(existsSync(join(folder, 'kept', 'parallel', 'answer', 'result.json'))).toBe(true);
});

test('A run whose calculations fail does not pass, and one that is refused says why', () => {
  const failing = {
    ...potential,
    calculation: scripted('echo no memory left >&2; exit 3'),
    driver: 'energy',
  };
  const failed = manybody('validate', writeInput('failing', failing), '--ranks', '2');
  expect(failed.stdout).toContain('sequential: 7 of 7 failed, the first with ProgramError: no memory left');
  expect(failed.status).toBe(1);
  const refused = manybody('validate', 'no-such.yaml');
  expect(refused.stderr).toMatch(/no-such.yaml/);
  expect(refused.status).toBe(2);
  const tolerance = manybody('validate', 'failing.yaml', '--tolerance', '-1');
  expect(tolerance.stderr).toMatch(/--tolerance cannot be used \(expected a number that is not negative/);
  const inTheWay = manybody('validate', 'failing.yaml', '--run-dir', 'kept');
  expect(inTheWay.stderr).toMatch(/--run-dir has something in it/);
  expect([tolerance.status, inTheWay.status]).toEqual([2, 2]);
});

test('A benchmark says how long each number of ranks took, and QCManyBody with QCEngine', () => {
  if (!isThere('mopac')) return;
  const isPeerThere = qcmanybodyIsThere();
  if (!isPeerThere) recordSkip('benchmarks beside QCManyBody: Python has no qcmanybody and qcengine');
  const input = writeInput('race', {
    molecule: moleculeOf(['H 0 0 0\nF 0 0.1 1.75', 'H 0.1 0 4.9\nF 0 0.2 6.6']),
    bsse: 'nocp',
    calculation: { program: 'mopac', method: 'PM7' },
  });
  const done = manybody('benchmark', input, '--ranks', '1,2', ...(isPeerThere ? ['--peer'] : []));
  expect(done.stderr).toBe('');
  expect(done.stdout).toMatch(/^race: 3 calculations\n/);
  for (const ranks of ['1 rank', '2 ranks']) {
    expect(done.stdout).toMatch(new RegExp(`^${ranks} .* \\d+ % +Every bit is the same$`, 'm'));
  }
  if (isPeerThere) {
    expect(done.stdout).toMatch(
      /^QCManyBody with QCEngine .* Largest difference .*, at most 0.000001 is allowed$/m,
    );
  } else {
    const refused = manybody('benchmark', input, '--peer');
    expect(refused.stderr).toMatch(/QCManyBody with QCEngine cannot be used here/);
  }
  expect(done.status).toBe(0);
});
