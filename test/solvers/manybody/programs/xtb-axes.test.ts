import fc from 'fast-check';
import { expect, test } from 'vitest';
import { computePotential } from '../../../../src/solvers/manybody/potentials/potential.js';
import { withRigidMotions } from '../../../../src/solvers/manybody/programs/rigid-motions.js';
import {
  axesFor,
  matrixTurnedBack,
  turned,
  turnedBack,
} from '../../../../src/solvers/manybody/programs/xtb-axes.js';
import type { TaskMolecule } from '../../../../src/solvers/manybody/task.js';

const spec = { program: 'potential', method: 'lennard-jones+axilrod-teller-muto', keywords: {} };

function atoms(places: readonly number[]): TaskMolecule {
  const count = places.length / 3;
  const all = Array.from({ length: count }, (_, i) => i);
  return {
    ...{ symbols: all.map(() => 'Ar'), geometry: Float64Array.from(places), isGhost: all.map(() => false) },
    ...{ parents: all, charge: 0, multiplicity: 1, pointCharges: [] },
  };
}

function largest(a: Float64Array, b: Float64Array): number {
  return Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));
}

const bent = atoms([0, 0, 0, 6.1, 0.3, -0.4, 2.9, 6.2, 0.7]);
/** x and y of the first two are the same. */
const aligned = atoms([0, 0, 0, 0, 0, 6.5, 2.9, 6.2, 0.7]);
const linear = atoms([0, 0, 0, 0, 0, 6.5, 0, 0, 14]);

test('a molecule whose atoms have no coordinate in common keeps its axes, any other has none in common then', () => {
  expect([...turned(bent.geometry, axesFor(bent))]).toEqual([...bent.geometry]);
  for (const molecule of [aligned, linear, atoms([1, 2, 3, 1, 2, 3.005])]) {
    const places = turned(molecule.geometry, axesFor(molecule));
    for (let i = 3; i < places.length; i++) {
      expect(Math.abs(places[i]! - places[i - 3]!)).toBeGreaterThan(1e-5);
    }
  }
});

test('derivatives in other axes, turned back, are those in the own ones', () => {
  const coordinate = fc.double({ min: -1, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.array(coordinate, { minLength: 9, maxLength: 9 }), (shifts) => {
      const molecule = atoms(
        aligned.geometry.map((x, i) => x + Math.round(shifts[i]!)) as unknown as number[],
      );
      const axes = axesFor(molecule);
      const there = computePotential(
        { ...molecule, geometry: turned(molecule.geometry, axes) },
        spec,
        'hessian',
      );
      const own = computePotential(molecule, spec, 'hessian');
      expect(largest(matrixTurnedBack(there.hessian!, 9, axes), own.hessian!)).toBeLessThan(1e-14);
      expect(largest(turnedBack(turned(molecule.geometry, axes), axes), molecule.geometry)).toBeLessThan(
        1e-13,
      );
    }),
    { numRuns: 30 },
  );
});

test.each([
  { what: 'a bent molecule', molecule: bent },
  { what: 'a linear one', molecule: linear },
  { what: 'a lone atom', molecule: atoms([1, 2, 3]) },
])('what moves and turns $what as a whole follows from its gradient', ({ molecule }) => {
  const size = molecule.geometry.length;
  const { hessian } = computePotential(molecule, spec, 'hessian');
  const { gradient } = computePotential(molecule, spec, 'gradient');
  const whole = withRigidMotions(hessian!, molecule.geometry, gradient!);
  expect(largest(whole, hessian!)).toBeLessThan(1e-15);
  // Without that part: as when nothing pulls at the molecule, applied to what is left.
  const projected = withRigidMotions(hessian!, molecule.geometry, new Float64Array(size));
  if (size > 3) expect(largest(projected, hessian!)).toBeGreaterThan(1e-6);
  expect(largest(withRigidMotions(projected, molecule.geometry, gradient!), hessian!)).toBeLessThan(1e-15);
});
