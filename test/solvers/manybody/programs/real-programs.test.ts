import { expect, test } from 'vitest';
import type { ProgramRun } from '../../../../src/solvers/manybody/programs/run.js';
import type { CalculationSpec, TaskMolecule } from '../../../../src/solvers/manybody/task.js';
import {
  compute,
  differenceOf,
  differencesOf,
  failureOf,
  isThere,
  water,
  waterBesideCharge,
  waterBesideGhost,
} from './water.js';

/** What takes seconds of calculations: `npm run test:long`. */
const isLong = process.env.SHOAL_LONG !== undefined;

const xtb: CalculationSpec = { program: 'xtb', method: 'GFN2-xTB', keywords: { accuracy: 0.01 } };
const psi4: CalculationSpec = {
  ...{ program: 'psi4', method: 'HF', basis: 'sto-3g' },
  keywords: { scf_type: 'pk', e_convergence: 1e-11, d_convergence: 1e-10 },
};
const nwchem: CalculationSpec = {
  ...{ program: 'nwchem', method: 'HF', basis: 'sto-3g' },
  keywords: { scf__thresh: 1e-10, scf__tol2e: 1e-14 },
};
const mopac: CalculationSpec = { program: 'mopac', method: 'PM7', keywords: { scfcrt: 1e-11 } };

const gradients = new Map<CalculationSpec, Promise<ProgramRun>>();

/** Computed once: programs take seconds to start. */
function gradientOfWater(spec: CalculationSpec): Promise<ProgramRun> {
  const known = gradients.get(spec) ?? compute(water, spec, 'gradient');
  gradients.set(spec, known);
  return known;
}

for (const { spec, tolerance } of [
  { spec: xtb, tolerance: 2e-7 },
  { spec: psi4, tolerance: 1e-7 },
  { spec: nwchem, tolerance: 1e-7 },
  { spec: mopac, tolerance: 2e-6 },
]) {
  test(`the gradient of ${spec.program} is the slope of its energy`, async () => {
    if (!isThere(spec.program)) return;
    const { result, version, input } = await gradientOfWater(spec);
    expect(version).toMatch(/^\d+\.\d+/);
    expect(input).toMatch(spec === xtb ? /^\$coord\n-?\d/ : /1\.43|0\.7567/);
    expect(result.gradient).toHaveLength(9);
    expect(Math.abs(result.gradient![4]! - (await differenceOf(water, spec, 4)))).toBeLessThan(tolerance);
  });
}

test('MOPAC computes a lone atom, on which nothing acts', async () => {
  if (!isThere('mopac')) return;
  const neon: TaskMolecule = {
    ...{ symbols: ['Ne'], geometry: Float64Array.of(0.1, 0, 0), isGhost: [false], parents: [0] },
    ...{ charge: 0, multiplicity: 1, pointCharges: [] },
  };
  const { energy, gradient } = (await compute(neon, mopac, 'gradient')).result;
  expect(Math.abs(energy)).toBeLessThan(1e-9);
  expect([...gradient!]).toEqual([0, 0, 0]);
});

test('Psi4 and NWChem agree on a molecule, beside ghosts, and beside a point charge', async () => {
  if (!isThere('psi4') || !isThere('nwchem')) return;
  const energies: number[] = [];
  for (const molecule of [water, waterBesideGhost, waterBesideCharge]) {
    const gradientOf = (spec: CalculationSpec): Promise<ProgramRun> =>
      molecule === water ? gradientOfWater(spec) : compute(molecule, spec, 'gradient');
    const [ours, theirs] = [await gradientOf(psi4), await gradientOf(nwchem)];
    energies.push(ours.result.energy);
    expect(Math.abs(ours.result.energy - theirs.result.energy)).toBeLessThan(2e-8);
    ours.result.gradient!.forEach((value, i) => {
      expect(Math.abs(value - theirs.result.gradient![i]!)).toBeLessThan(5e-7);
    });
  }
  // Basis functions next to it lower the energy.
  expect(energies[1]).toBeLessThan(energies[0]! - 1e-6);
});

/** Differences by programs of their own, and of our steps, are what is left. */
for (const { spec, tolerance, isDear = false } of [
  { spec: xtb, tolerance: 2e-5 },
  { spec: psi4, tolerance: 2e-5, isDear: true },
  { spec: nwchem, tolerance: 2e-5, isDear: true },
  { spec: mopac, tolerance: 2e-5 },
]) {
  test(`the Hessian of ${spec.program} is the slope of its gradient`, async () => {
    if (!isThere(spec.program)) return;
    const { hessian } = (await compute(water, spec, 'hessian')).result;
    expect(hessian).toHaveLength(81);
    for (let i = 0; i < 9; i++) {
      for (let j = 0; j < i; j++) {
        expect(Math.abs(hessian![9 * i + j]! - hessian![9 * j + i]!)).toBeLessThan(tolerance);
      }
    }
    expect(hessian![9 * 4 + 4]!).toBeGreaterThan(0.1);
    if (isDear && !isLong) return;
    const row = await differencesOf(water, spec, 4);
    row.forEach((value, j) => {
      expect(Math.abs(value - hessian![9 * 4 + j]!)).toBeLessThan(tolerance);
    });
  });
}

test('xtb has every part of a gradient where two atoms have one coordinate in common', async () => {
  if (!isThere('xtb')) return;
  const aligned = { ...water, geometry: water.geometry.with(7, water.geometry[1]!) };
  const { gradient } = (await compute(aligned, xtb, 'gradient')).result;
  for (const coordinate of [1, 7]) {
    expect(Math.abs(gradient![coordinate]! - (await differenceOf(aligned, xtb, coordinate)))).toBeLessThan(
      1e-6,
    );
  }
});

test('xtb has the Hessian of a linear molecule, which it does not survive', async () => {
  if (!isThere('xtb')) return;
  const linear: TaskMolecule = {
    ...water,
    ...{ symbols: ['H', 'F'], isGhost: [false, false], parents: [0, 1] },
    geometry: Float64Array.of(0, 0, 0, 0, 0.1, 1.75),
  };
  const { energy, hessian } = (await compute(linear, xtb, 'hessian')).result;
  expect(Math.abs(energy - (await compute(linear, xtb)).result.energy)).toBeLessThan(1e-9);
  const row = await differencesOf(linear, xtb, 5);
  row.forEach((value, j) => {
    expect(Math.abs(value - hessian![6 * 5 + j]!)).toBeLessThan(6e-5);
  });
});

test('a point charge changes the energy and the gradient of xtb', async () => {
  if (!isThere('xtb')) return;
  const [alone, beside] = [await gradientOfWater(xtb), await compute(waterBesideCharge, xtb, 'gradient')];
  expect(beside.result.energy - alone.result.energy).toBeGreaterThan(1e-3);
  const slope = await differenceOf(waterBesideCharge, xtb, 4);
  expect(Math.abs(beside.result.gradient![4]! - slope)).toBeLessThan(5e-7);
});

test.each([
  { spec: { ...xtb, keywords: { max_iterations: 2 } }, type: 'NotConverged', says: /did not converge/ },
  { spec: { ...psi4, keywords: { maxiter: 2 } }, type: 'NotConverged', says: /Could not converge SCF/ },
  { spec: { ...nwchem, keywords: { scf__maxiter: 2 } }, type: 'NotConverged', says: /failed to converge/ },
  {
    spec: { ...psi4, basis: 'no-such' },
    type: 'ProgramError',
    says: /BasisSetNotFound.*Unable to find a basis set/,
  },
  { spec: { ...mopac, method: 'PM9' }, type: 'Unsupported', says: /no method PM9.*PM7/ },
  { spec: { ...xtb, keywords: { guess: 'sad' } }, type: 'Unsupported', says: /no keyword guess.*accuracy/ },
])('$spec.program says itself why it fails ($type)', async ({ spec, type, says }) => {
  if (!isThere(spec.program)) return;
  const failure = await failureOf(water, spec, 'gradient');
  expect(failure.message).toMatch(says);
  expect(failure.type).toBe(type);
});

test('MOPAC says itself that electrons and spin do not fit', async () => {
  if (!isThere('mopac')) return;
  const failure = await failureOf({ ...water, multiplicity: 2 }, mopac);
  expect(failure).toEqual({
    type: 'ProgramError',
    message: 'DOUBLET SPECIFIED WITH EVEN NUMBER OF ELECTRONS, CORRECT FAULT',
  });
});

test.each([
  { spec: xtb, molecule: waterBesideGhost, says: /xtb cannot do ghost atoms.*bsse nocp/ },
  { spec: mopac, molecule: waterBesideGhost, says: /mopac cannot do ghost atoms/ },
  { spec: mopac, molecule: waterBesideCharge, says: /mopac cannot do point charges.*xtb, psi4 or nwchem/ },
])('$spec.program refuses what it cannot do', async ({ spec, molecule, says }) => {
  const failure = await failureOf(molecule, spec);
  expect(failure.type).toBe('Unsupported');
  expect(failure.message).toMatch(says);
});

test.each([xtb, psi4, nwchem])('$program refuses Hessians among charges', async (spec) => {
  const failure = await failureOf(waterBesideCharge, spec, 'hessian');
  expect(failure.type).toBe('Unsupported');
  expect(failure.message).toMatch(/cannot do Hessians beside point charges: use gradients/);
});

test('QCEngine computes with its harnesses, and passes on why they fail', async () => {
  if (!isThere('qcengine') || !isThere('mopac')) return;
  const { result, version } = await compute(
    water,
    { ...mopac, program: 'qcengine:mopac', keywords: {} },
    'gradient',
  );
  const own = await gradientOfWater(mopac);
  expect(version).toMatch(/^mopac 2/);
  expect(Math.abs(result.energy - own.result.energy)).toBeLessThan(1e-7);
  expect(Math.abs(result.gradient![4]! - own.result.gradient![4]!)).toBeLessThan(1e-6);
  const failure = await failureOf(water, { ...mopac, program: 'cfour', keywords: {} });
  expect(failure.type).toBe('ProgramError');
  expect(failure.message).toMatch(/cfour/i);
});
