/** Repulsion of the nuclei. */
import { atomicNumber } from '../elements.js';
import { atomDistance } from '../expansion/distances.js';
import type { FragmentedMolecule } from '../input.js';

/** Of all real atoms, hartree; infinite where two nuclei are at one place. */
export function nuclearRepulsion({ symbols, isGhost, geometry }: FragmentedMolecule): number {
  const charges = symbols.map((symbol, atom) => (isGhost[atom] ? 0 : atomicNumber(symbol)!));
  let sum = 0;
  for (let i = 1; i < charges.length; i++) {
    for (let j = 0; j < i; j++) {
      const product = charges[i]! * charges[j]!;
      if (product > 0) sum += product / atomDistance(geometry, i, j);
    }
  }
  return sum;
}
