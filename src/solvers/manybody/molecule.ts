/** The atoms of a calculation, cut from the whole cluster. */
import type { ManyBodyInput } from './input.js';
import type { ManyBodyTask, PointCharge, TaskMolecule } from './task.js';

/** Atoms of the basis fragments in the order of the parent; those of fragments that are not real are ghosts. */
export function moleculeOf(input: ManyBodyInput, task: Pick<ManyBodyTask, 'real' | 'basis'>): TaskMolecule {
  const { molecule } = input;
  const parents = atomsOf(input, task.basis);
  const real = new Set(task.real.flatMap((fragment) => molecule.fragments[fragment - 1]!));
  const geometry = new Float64Array(3 * parents.length);
  parents.forEach((atom, i) => {
    geometry.set(molecule.geometry.subarray(3 * atom, 3 * atom + 3), 3 * i);
  });
  return {
    symbols: parents.map((atom) => molecule.symbols[atom]!),
    geometry,
    isGhost: parents.map((atom) => !real.has(atom) || molecule.isGhost[atom]!),
    parents,
    charge: task.real.reduce((sum, fragment) => sum + molecule.charges[fragment - 1]!, 0),
    multiplicity: multiplicityOf(input, task.real),
    pointCharges: pointChargesAround(input, task.basis),
  };
}

/** Indices in the parent, ascending, of the atoms that calculations with this basis have. */
export function atomsOf({ molecule }: ManyBodyInput, basis: readonly number[]): number[] {
  return basis.flatMap((fragment) => molecule.fragments[fragment - 1]!).sort((a, b) => a - b);
}

/** Spins of fragments are taken as parallel, except in the whole cluster, whose multiplicity is known. */
function multiplicityOf({ molecule }: ManyBodyInput, real: readonly number[]): number {
  if (real.length === molecule.fragments.length) return molecule.multiplicity;
  return 1 + real.reduce((sum, fragment) => sum + molecule.multiplicities[fragment - 1]! - 1, 0);
}

function pointChargesAround(input: ManyBodyInput, basis: readonly number[]): PointCharge[] {
  const { embeddingCharges, molecule } = input;
  if (!embeddingCharges) return [];
  return molecule.fragments.flatMap((atoms, i) =>
    basis.includes(i + 1)
      ? []
      : atoms.map((atom, j) => ({
          charge: embeddingCharges[i]![j]!,
          position: [0, 1, 2].map((k) => molecule.geometry[3 * atom + k]!) as [number, number, number],
        })),
  );
}
