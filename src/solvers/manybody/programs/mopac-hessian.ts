/** Second derivatives by MOPAC's FORCE, from its AUX file. */
import { bohrInAngstrom } from '../elements.js';
import type { TaskMolecule } from '../task.js';
import { ProgramFailure } from './failure.js';
import { fromLowerTriangle, numbersOf, wordsOf } from './numbers.js';

/** hartree/bohr²; mdyn/Å is 100 N/m, the hartree that of CODATA 2014. */
const hessianUnit = 100 / (4.35974465e-18 / (bohrInAngstrom * 1e-10) ** 2);

/** Å: MOPAC keeps at least seven digits of where its atoms are. */
const placeTolerance = 1e-6;

/**
 * Row-major, hartree/bohr². MOPAC divides each number by the root of the product of two masses, and has the masses beside.
 * Throws ProgramFailure where the axes are not those of the molecule.
 */
export function mopacHessian(aux: string, { symbols, geometry }: TaskMolecule): Float64Array {
  const size = 3 * symbols.length;
  // Nothing acts on a lone atom, and FORCE refuses it.
  if (symbols.length === 1) return new Float64Array(size * size);
  const places = section(aux, 'ORIENTATION_ATOM_X', size);
  if (places.some((place, i) => Math.abs(place - geometry[i]! * bohrInAngstrom) > placeTolerance)) {
    throw new ProgramFailure('ProgramError', 'MOPAC has turned the molecule, and its Hessian with it');
  }
  const roots = section(aux, 'ISOTOPIC_MASSES', symbols.length).map(Math.sqrt);
  const rootOf = (coordinate: number): number => roots[Math.floor(coordinate / 3)]!;
  const triangle = section(aux, 'HESSIAN_MATRIX', (size * (size + 1)) / 2);
  return fromLowerTriangle(triangle, size).map(
    (value, at) => value * rootOf(Math.floor(at / size)) * rootOf(at % size) * hessianUnit,
  );
}

/** Numbers under a title such as ` ISOTOPIC_MASSES[03]=`; a line of words may come first. */
function section(aux: string, title: string, count: number): Float64Array {
  const text = new RegExp(`^ ${title}\\b.*\\[\\d+\\]=\\n(?: #.*\\n)?([^A-Z]*)`, 'm').exec(aux)?.[1] ?? '';
  return numbersOf(wordsOf(text), count, `${title} in the AUX file`);
}
