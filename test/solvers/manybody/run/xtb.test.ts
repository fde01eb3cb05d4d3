/** How fast an expansion converges to what it expands. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { packageRoot } from '../../../../src/process/install.js';
import { program } from '../../../program.js';
import { isThere } from '../programs/water.js';
import { folder, moleculeOf, resultOf, run } from './folder.js';

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

const dimer = {
  places: [
    ['O 0.1 0.0 0.2', 'H 1.5 0.3 1.3', 'H -1.3 -0.2 1.4'],
    ['O 0.4 0.6 -5.2', 'H 0.3 0.5 -3.4', 'H 2.1 0.9 -5.7'],
  ],
  charges: [-0.8, 0.4, 0.4],
};

/** hartree, by the files that a user of xtb would write: a molecule, and charges where the other one is. */
function besideCharges(name: string, atoms: readonly string[], others: readonly string[]): number {
  const own = join(folder, name);
  mkdirSync(own);
  const words = (line: string): [string, string] => [line.slice(2), line.slice(0, 1)];
  const coord = atoms.map((line) => words(line).join(' '));
  writeFileSync(join(own, 'coord'), ['$coord', ...coord, '$end', ''].join('\n'));
  const charges = others.map((line, i) => `${dimer.charges[i]} ${words(line)[0]} 99`);
  writeFileSync(join(own, 'pcharge'), [String(others.length), ...charges, ''].join('\n'));
  writeFileSync(join(own, 'embedding.inp'), '$embedding\n input=pcharge\n$end\n');
  const { stdout } = spawnSync('xtb', ['coord', '--gfn', '2', '--input', 'embedding.inp'], {
    cwd: own,
    encoding: 'utf8',
    env: { ...process.env, OMP_NUM_THREADS: '1' },
  });
  return Number(/TOTAL ENERGY\s+(-\d+\.\d+) Eh/.exec(stdout)?.[1]);
}

test('Fragments among the charges of the others have the energies of such calculations by hand', () => {
  if (!isThere('xtb')) return;
  const [first, second] = dimer.places as [string[], string[]];
  const done = run('embedded', {
    molecule: moleculeOf(dimer.places.map((lines) => lines.join('\n'))),
    ...{ bsse: 'nocp', return_total_data: true },
    embedding_charges: { 1: dimer.charges, 2: dimer.charges },
    levels: { 2: { program: 'xtb', method: 'GFN2-xTB' } },
  });
  expect(done.status, done.stderr).toBe(0);
  const { properties } = resultOf('embedded');
  const monomers = besideCharges('by-hand-1', first, second) + besideCharges('by-hand-2', second, first);
  const both = besideCharges('by-hand', [...first, ...second], []);
  expect(properties.nocp_corrected_total_energy_through_1_body).toBeCloseTo(monomers, 9);
  expect(properties.nocp_corrected_total_energy).toBeCloseTo(both, 9);
  expect(Object.keys(properties).filter((name) => name.includes('interaction'))).toEqual([]);
});
