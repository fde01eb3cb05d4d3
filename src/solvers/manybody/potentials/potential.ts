/** Potentials that need no program: the default of the tests of everything else, and an analytic check. */
import { ProgramFailure } from '../programs/failure.js';
import { checkedResult } from '../programs/numbers.js';
import type { CalculationSpec, Driver, TaskMolecule, TaskResult } from '../task.js';
import { axilrodTellerMuto } from './axilrod-teller-muto.js';
import { lennardJones } from './lennard-jones.js';
import { addTerm, noDerivatives, squaredDistance } from './squared-distances.js';

export const potentialName = 'potential';
export const potentialVersion = '1';

/** Of argon, roughly: hartree, bohr, hartree bohr⁹. */
const defaults = { epsilon: 3.8e-4, sigma: 6.43, c9: 521.7 } as const;

/**
 * Between all atoms that are no ghosts, whichever element they are. Methods `lennard-jones`, `axilrod-teller-muto`, and
 * both: `lennard-jones+axilrod-teller-muto`.
 */
export function computePotential(molecule: TaskMolecule, spec: CalculationSpec, driver: Driver): TaskResult {
  const parts = spec.method.toLowerCase().split('+');
  const unknown = parts.find((part) => part !== 'lennard-jones' && part !== 'axilrod-teller-muto');
  if (unknown !== undefined || molecule.pointCharges.length > 0) {
    const what = unknown === undefined ? 'point charges' : `the method ${unknown}`;
    throw new ProgramFailure(
      'Unsupported',
      `potentials cannot do ${what}; there are lennard-jones, axilrod-teller-muto, and both with + between`,
    );
  }
  const { epsilon, sigma, c9 } = parameters(spec);
  const { geometry, symbols, isGhost } = molecule;
  const atoms = symbols.flatMap((_, i) => (isGhost[i] ? [] : [i]));
  const sums = noDerivatives(symbols.length);
  const square = (a: number, b: number): number => squaredDistance(geometry, a, b);
  for (const [i, a] of atoms.entries()) {
    for (const [j, b] of atoms.entries()) {
      if (j >= i) break;
      if (parts.includes('lennard-jones')) {
        addTerm(sums, geometry, [[a, b]], lennardJones(square(a, b), epsilon, sigma));
      }
      if (!parts.includes('axilrod-teller-muto')) continue;
      for (const c of atoms.slice(0, j)) {
        const pairs = [
          [a, b],
          [b, c],
          [c, a],
        ] as const;
        addTerm(sums, geometry, pairs, axilrodTellerMuto(square(a, b), square(b, c), square(c, a), c9));
      }
    }
  }
  const { energy, gradient, hessian } = sums;
  const result = {
    energy,
    ...(driver === 'gradient' && { gradient }),
    ...(driver === 'hessian' && { hessian }),
  };
  return checkedResult(result, driver, molecule);
}

function parameters({ keywords }: CalculationSpec): Record<keyof typeof defaults, number> {
  const values: Record<keyof typeof defaults, number> = { ...defaults };
  for (const [name, value] of Object.entries(keywords)) {
    if (!(name in defaults) || typeof value !== 'number') {
      const expected = `${Object.keys(defaults).join(', ')}, each a number`;
      throw new ProgramFailure(
        'Unsupported',
        `potentials cannot have ${name}: ${JSON.stringify(value)}; they have ${expected}`,
      );
    }
    values[name as keyof typeof defaults] = value;
  }
  return values;
}
