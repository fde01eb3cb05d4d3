/** What a calculation is likely to cost, before any has been timed. */
import type { CalculationSpec } from './task.js';

/**
 * Relative to one atom with Hartree–Fock in a minimal basis: atoms^2.5 times a factor of the method and one of the
 * basis. Ghosts count, since their functions do.
 */
export function predictedCost(atomCount: number, { method, basis }: CalculationSpec): number {
  return (
    atomCount ** 2.5 * factor(methods, method, usualMethod) * (basis ? factor(bases, basis, usualBasis) : 1)
  );
}

type Factors = readonly (readonly [pattern: RegExp, factor: number])[];

/** The first that fits decides. */
const methods: Factors = [
  [/^(gfn|xtb|pm\d|am1|mndo|rm1|lj|lennard)/, 0.01],
  [/ccsdt|cc3|ccsd\(t\)|ccsd\(at\)/, 100],
  [/ccsd|qcisd|cisd|cc2/, 20],
  [/mp[34]|omp|cepa/, 10],
  [/mp2|^b2|dh/, 5],
  [/^(hf|scf|rhf|uhf|rohf)/, 1],
];
/** Functionals of the density have many names. */
const usualMethod = 1.5;

const bases: Factors = [
  [/sto-?3g|minao|mini/, 1],
  [/(5z|pv5)/, 135],
  [/(qz|qzv)/, 45],
  [/(tz|tzv|6-311)/, 15],
  [/(dz|svp|6-31|3-21|4-31)/, 5],
];
const usualBasis = 5;

function factor(factors: Factors, name: string, usual: number): number {
  return factors.find(([pattern]) => pattern.test(name.toLowerCase()))?.[1] ?? usual;
}
