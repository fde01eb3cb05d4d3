/** Atoms of a calculation as programs want them written. */
import type { Driver, TaskMolecule } from '../task.js';
import { unsupported } from './failure.js';

/** CODATA 2014. */
export const hartreeInKcal = 627.5094737775374;

export interface Atom {
  readonly symbol: string;
  readonly isGhost: boolean;
  /** bohr. */
  readonly position: readonly [number, number, number];
}

export function atomsOf({ symbols, geometry, isGhost }: TaskMolecule): Atom[] {
  return symbols.map((symbol, i) => ({
    symbol,
    isGhost: isGhost[i]!,
    position: [geometry[3 * i]!, geometry[3 * i + 1]!, geometry[3 * i + 2]!],
  }));
}

/** Coordinates with all their digits, which a program reads back as the same doubles. */
export function coordinates(position: readonly number[], unitInBohr = 1): string {
  return position.map((value) => numberText(value / unitInBohr)).join(' ');
}

/** Programs in Fortran know no numbers without a point. */
export function numberText(value: number): string {
  const text = String(value);
  if (!text.includes('e')) return text.includes('.') ? text : `${text}.0`;
  const [mantissa = '', exponent] = text.split('e');
  return `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}e${exponent}`;
}

export function refuseGhosts(program: string, { isGhost }: TaskMolecule): void {
  if (!isGhost.includes(true)) return;
  throw unsupported(
    program,
    'ghost atoms',
    'its basis is minimal and part of the method; use bsse nocp with it',
  );
}

export function refusePointCharges(program: string, { pointCharges }: TaskMolecule): void {
  if (pointCharges.length === 0) return;
  throw unsupported(program, 'point charges', 'leave out embedding_charges, or use xtb, psi4 or nwchem');
}

/**
 * Hessians of Psi4 1.3 and NWChem 7 are hundredths of a hartree/bohr² from the slope of their gradients there, and xtb's
 * leave rotations out, which do not follow from the gradient where charges stay behind.
 */
export function refuseHessianByCharges(
  program: string,
  { pointCharges }: TaskMolecule,
  driver: Driver,
): void {
  if (pointCharges.length === 0 || driver !== 'hessian') return;
  throw unsupported(
    program,
    'Hessians beside point charges',
    'use gradients, or leave out embedding_charges',
  );
}
