/** How far apart fragments are. */
import type { Cutoffs, FragmentedMolecule } from '../input.js';

/** Distance of two fragments by their numbers from 1, bohr; each pair is computed once. */
export function fragmentDistances(
  molecule: FragmentedMolecule,
  measure: Cutoffs['measure'],
): (left: number, right: number) => number {
  const { fragments, geometry } = molecule;
  const centres = fragments.map((atoms) => centre(atoms, geometry));
  const known = new Float64Array(fragments.length ** 2).fill(-1);
  return (left, right) => {
    const place = (left - 1) * fragments.length + right - 1;
    if (known[place]! < 0) {
      known[place] =
        measure === 'centres'
          ? Math.hypot(...[0, 1, 2].map((k) => centres[left - 1]![k]! - centres[right - 1]![k]!))
          : nearestAtoms(fragments[left - 1]!, fragments[right - 1]!, geometry);
    }
    return known[place]!;
  };
}

function centre(atoms: readonly number[], geometry: Float64Array): number[] {
  return [0, 1, 2].map((k) => atoms.reduce((sum, atom) => sum + geometry[3 * atom + k]!, 0) / atoms.length);
}

function nearestAtoms(left: readonly number[], right: readonly number[], geometry: Float64Array): number {
  let shortest = Number.POSITIVE_INFINITY;
  for (const a of left) {
    for (const b of right) shortest = Math.min(shortest, atomDistance(geometry, a, b));
  }
  return shortest;
}

/** Distance of two atoms by their indices from 0, bohr. */
export function atomDistance(geometry: Float64Array, left: number, right: number): number {
  return Math.hypot(
    geometry[3 * left]! - geometry[3 * right]!,
    geometry[3 * left + 1]! - geometry[3 * right + 1]!,
    geometry[3 * left + 2]! - geometry[3 * right + 2]!,
  );
}
