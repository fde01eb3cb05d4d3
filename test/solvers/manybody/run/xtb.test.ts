/** How fast an expansion converges to what it expands. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { packageRoot } from '../../../../src/process/install.js';
import { program } from '../../../program.js';
import { isThere } from '../programs/water.js';
import { folder, resultOf, run } from './folder.js';

const file = join(packageRoot(), 'examples', '10-manybody', 'water-hexamer.xyz');

beforeAll(() => {
  program();
});

/** hartree, all six molecules at once, as a user would compute them. */
function supersystemEnergy(): number {
  const { stdout } = spawnSync('xtb', [file, '--gfn', '2', '--sp'], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, OMP_NUM_THREADS: '1' },
  });
  return Number(/TOTAL ENERGY\s+(-\d+\.\d+) Eh/.exec(stdout)?.[1]);
}

test('The expansion of a water hexamer by xtb comes to the energy of all six molecules', {
  timeout: 300_000,
}, () => {
  if (!isThere('xtb')) return;
  const done = run('whole', {
    molecule: { file, units: 'angstrom' },
    bsse: 'nocp',
    return_total_data: true,
    levels: { 6: { program: 'xtb', method: 'GFN2-xTB' } },
  });
  expect(done.stdout, done.stderr).toContain('whole: 63 cases completed');
  const { properties } = resultOf('whole');
  const whole = supersystemEnergy();
  const off = [1, 2, 3, 6].map(
    (n) => properties[`nocp_corrected_total_energy_through_${n}_body`]! - whole,
  ) as [number, number, number, number];
  // What is left out by three bodies is some hundredths of what binds the molecules, by two a quarter.
  expect(Math.abs(off[3])).toBeLessThan(1e-9);
  expect(Math.abs(off[2])).toBeLessThan(0.05 * Math.abs(off[0]));
  expect(Math.abs(off[2])).toBeLessThan(0.2 * Math.abs(off[1]));
});
