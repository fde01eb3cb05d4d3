import { expect, test } from 'vitest';
import { computePotential } from '../../../../src/solvers/manybody/potentials/potential.js';
import type { CalculationSpec, TaskMolecule } from '../../../../src/solvers/manybody/task.js';

const places = [0, 0, 0, 6.1, 0.3, -0.4, 2.9, 6.2, 0.7, 1.1, 3.3, 5.9];
const argon = (geometry: readonly number[], isGhost = [false, false, false, false]): TaskMolecule => ({
  symbols: ['Ar', 'Ar', 'Ar', 'Ar'],
  geometry: Float64Array.from(geometry),
  ...{ isGhost, parents: [0, 1, 2, 3], charge: 0, multiplicity: 1, pointCharges: [] },
});

const methods = ['lennard-jones', 'axilrod-teller-muto', 'lennard-jones+axilrod-teller-muto'];

test.each(methods)('derivatives of %s are the slopes of its energy and of its gradient', (method) => {
  // A large triple part, so that its derivatives are not lost beside those of the pairs.
  const spec: CalculationSpec = { program: 'potential', method, keywords: { c9: 5e4 } };
  const step = 1e-4;
  const at = (i: number, by: number) => argon(places.map((x, k) => (k === i ? x + by : x)));
  const { gradient } = computePotential(argon(places), spec, 'gradient');
  const { hessian } = computePotential(argon(places), spec, 'hessian');
  for (let i = 0; i < 12; i++) {
    const [above, below] = [step, -step].map((by) => computePotential(at(i, by), spec, 'gradient'));
    const scale = Math.max(...gradient!.map(Math.abs));
    expect(Math.abs((above!.energy - below!.energy) / (2 * step) - gradient![i]!)).toBeLessThan(1e-6 * scale);
    for (let j = 0; j < 12; j++) {
      const slope = (above!.gradient![j]! - below!.gradient![j]!) / (2 * step);
      expect(Math.abs(slope - hessian![12 * i + j]!)).toBeLessThan(
        1e-6 * Math.max(...hessian!.map(Math.abs)),
      );
    }
  }
});

test('an equilateral triangle has 11/8 of C9 / r^9, a pair at σ nothing', () => {
  const side = 7;
  const triangle = argon(
    [0, 0, 0, side, 0, 0, side / 2, (side * Math.sqrt(3)) / 2, 0, 99, 99, 99],
    [false, false, false, true],
  );
  const atm = { program: 'potential', method: 'axilrod-teller-muto', keywords: { c9: 100 } };
  expect(computePotential(triangle, atm, 'energy').energy).toBeCloseTo((100 * 11) / 8 / side ** 9, 15);
  const pair = argon([0, 0, 0, 5, 0, 0, 9, 9, 9, 99, 99, 99], [false, false, true, true]);
  const lj = { program: 'potential', method: 'lennard-jones', keywords: { sigma: 5 } };
  expect(computePotential(pair, lj, 'energy').energy).toBeCloseTo(0, 15);
});

test('ghosts count for nothing, and unknown methods and keywords are refused', () => {
  const spec = { program: 'potential', method: 'lennard-jones', keywords: {} };
  const { gradient } = computePotential(argon(places, [false, false, true, false]), spec, 'gradient');
  expect([...gradient!.slice(6, 9)]).toEqual([0, 0, 0]);
  expect(() => computePotential(argon(places), { ...spec, method: 'morse' }, 'energy')).toThrow(
    /morse.*lennard-jones/,
  );
  expect(() => computePotential(argon(places), { ...spec, keywords: { eps: 1 } }, 'energy')).toThrow(
    /eps.*epsilon/,
  );
});
