/** Inputs for tests, as they are after all checks. */
import type { Bsse, FragmentedMolecule, ManyBodyInput } from '../../../src/solvers/manybody/input.js';
import { expandLevels, type LevelKey } from '../../../src/solvers/manybody/levels.js';

/** Helium atoms on a line, one a fragment. */
export function heliums(count: number, spacing = 5): FragmentedMolecule {
  const geometry = new Float64Array(3 * count);
  for (let i = 0; i < count; i++) geometry[3 * i + 2] = spacing * i;
  return {
    symbols: Array.from({ length: count }, () => 'He'),
    geometry,
    isGhost: Array.from({ length: count }, () => false),
    fragments: Array.from({ length: count }, (_, i) => [i]),
    charges: Array.from({ length: count }, () => 0),
    multiplicities: Array.from({ length: count }, () => 1),
    multiplicity: 1,
  };
}

/** Water molecules on a cubic lattice, bohr. */
export function waters(count: number, spacing = 5.5): FragmentedMolecule {
  const side = Math.ceil(Math.cbrt(count));
  const geometry = Array.from({ length: count }, (_, i) => {
    const at = [i % side, Math.floor(i / side) % side, Math.floor(i / side ** 2)].map((n) => n * spacing);
    const atoms = [
      [0, 0, 0.22],
      [0, 1.43, -0.89],
      [0, -1.43, -0.89],
    ];
    return atoms.map((atom) => atom.map((x, k) => x + at[k]!));
  });
  return {
    symbols: geometry.flatMap(() => ['O', 'H', 'H']),
    geometry: Float64Array.from(geometry.flat(2)),
    isGhost: geometry.flatMap(() => [false, false, false]),
    fragments: geometry.map((_, i) => [3 * i, 3 * i + 1, 3 * i + 2]),
    charges: geometry.map(() => 0),
    multiplicities: geometry.map(() => 1),
    multiplicity: 1,
  };
}

export type Settings = Partial<Omit<ManyBodyInput, 'levels' | 'bsse' | 'molecule'>>;

type Given = Settings & {
  readonly molecule: FragmentedMolecule;
  readonly bsse: Bsse | readonly Bsse[];
  readonly levels?: readonly (readonly [LevelKey, string])[];
};

export function inputOf({ molecule, bsse, levels, ...rest }: Given): ManyBodyInput {
  const named = levels && new Map(levels);
  const largest = Math.max(...(levels ?? []).map(([key]) => (key === 'supersystem' ? 0 : key)));
  const maxNbody = levels ? largest : (rest.maxNbody ?? molecule.fragments.length);
  const expanded = expandLevels(named, maxNbody);
  return {
    name: 'test',
    molecule,
    driver: 'energy',
    bsse: typeof bsse === 'string' ? [bsse] : bsse,
    returnTotalData: false,
    supersystemIeOnly: false,
    specifications: Object.fromEntries(
      expanded.map(({ modelChemistry }) => [
        modelChemistry,
        { program: 'test', method: modelChemistry, keywords: {} },
      ]),
    ),
    document: { version: 2, value: {} },
    ...rest,
    maxNbody,
    levels: expanded,
  };
}
