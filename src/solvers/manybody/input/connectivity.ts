/** Fragments found by bonds. */
import { covalentRadius } from '../elements.js';
import { atomDistance } from '../expansion/distances.js';

/** Two atoms are bonded when they are nearer than the sum of their covalent radii times this. */
const tolerance = 1.25;

/** Atoms that bonds connect, by the first atom of each. Symbols are those of elements. */
export function fragmentsByBonds(symbols: readonly string[], geometry: readonly number[]): number[][] {
  const places = Float64Array.from(geometry);
  const radii = symbols.map(covalentRadius);
  const free = new Set(symbols.keys());
  const fragments: number[][] = [];
  for (const first of symbols.keys()) {
    if (!free.delete(first)) continue;
    const fragment = [first];
    for (const atom of fragment) {
      for (const other of free) {
        if (atomDistance(places, atom, other) > tolerance * (radii[atom]! + radii[other]!)) continue;
        free.delete(other);
        fragment.push(other);
      }
    }
    fragments.push(fragment.sort((a, b) => a - b));
  }
  return fragments;
}
