/** The checks of a molecule: elements, fragments, charges and spins that exist. */
import type { FieldPath } from '../../../study/document/places.js';
import { problem } from '../../../study/document/problem.js';
import { given } from '../../../study/document/words.js';
import { atomicNumber, elementSymbol } from '../elements.js';
import { atomDistance } from '../expansion/distances.js';
import type { FragmentedMolecule } from '../input.js';
import type { DraftMolecule, Origin } from './draft.js';

export function completeMolecule(draft: DraftMolecule, origin: Origin): FragmentedMolecule {
  const symbols = elements(draft.symbols, origin);
  const geometry = places(draft, origin);
  checkFragments(draft, origin);
  const charges = chargesOf(draft, origin);
  const electrons = draft.fragments.map(
    (atoms, i) =>
      atoms.reduce((sum, atom) => sum + (draft.isGhost[atom] ? 0 : atomicNumber(symbols[atom]!)!), 0) -
      charges[i]!,
  );
  const stripped = electrons.findIndex((count) => count < 0);
  if (stripped !== -1) {
    throw problem(origin.file, origin.fields.charges, `Fragment ${stripped + 1} has not so many electrons`, {
      expected: `a charge of at most ${charges[stripped]! + electrons[stripped]!}`,
      given: String(charges[stripped]),
    });
  }
  const multiplicities = multiplicitiesOf(draft, electrons, origin);
  const parallel = 1 + multiplicities.reduce((sum, multiplicity) => sum + multiplicity - 1, 0);
  const { isGhost, multiplicity = parallel } = draft;
  const total = electrons.reduce((sum, count) => sum + count, 0);
  checkSpin(multiplicity, total, 'the whole', origin, origin.fields.multiplicity);
  const fragments = draft.fragments.map((atoms) => [...atoms].sort((a, b) => a - b));
  return { symbols, geometry, isGhost, fragments, charges, multiplicities, multiplicity };
}

function elements(symbols: readonly string[], { file, fields }: Origin): string[] {
  return symbols.map((text, i) => {
    const symbol = elementSymbol(text);
    if (symbol !== undefined) return symbol;
    throw problem(file, [...fields.symbols, i], 'No such element', { given: given(text) });
  });
}

/** bohr. Nearer than this, two nuclei are the same atom given twice. */
const nearest = 1e-2;

function places({ geometry, symbols, isGhost }: DraftMolecule, { file, fields }: Origin): Float64Array {
  if (geometry.length !== 3 * symbols.length) {
    throw problem(file, fields.geometry, 'Wrong count of coordinates', {
      expected: `${3 * symbols.length}, three for each of ${symbols.length} atoms`,
      given: String(geometry.length),
    });
  }
  const values = Float64Array.from(geometry);
  for (let i = 1; i < symbols.length; i++) {
    for (let j = 0; j < i; j++) {
      if (isGhost[i] || isGhost[j] || atomDistance(values, i, j) > nearest) continue;
      throw problem(file, fields.geometry, `Atoms ${j + 1} and ${i + 1} are at the same place`);
    }
  }
  return values;
}

function checkFragments({ fragments, symbols }: DraftMolecule, { file, fields }: Origin): void {
  if (fragments.length < 2) {
    throw problem(
      file,
      fields.fragments,
      'Molecule fragmentation has not been specified through `fragments` field.',
      { expected: 'two fragments at least', given: String(fragments.length) },
    );
  }
  const owners = new Map<number, number>();
  for (const [i, atoms] of fragments.entries()) {
    const at = [...fields.fragments, i];
    if (atoms.length === 0) throw problem(file, at, `Fragment ${i + 1} has no atoms`);
    for (const atom of atoms) {
      if (atom < 0 || atom >= symbols.length) {
        throw problem(file, at, `Fragment ${i + 1} has an atom that does not exist`, {
          expected: `atoms of the ${symbols.length} that there are`,
        });
      }
      const owner = owners.get(atom);
      if (owner !== undefined) {
        throw problem(
          file,
          at,
          `Atom ${atom + 1} of ${symbols.length} is in fragments ${owner} and ${i + 1}`,
        );
      }
      owners.set(atom, i + 1);
    }
  }
  const free = symbols.findIndex((_, atom) => !owners.has(atom));
  if (free !== -1) {
    throw problem(file, fields.fragments, `Atom ${free + 1} of ${symbols.length} is in no fragment`);
  }
}

function chargesOf(
  { charges, charge, fragments }: DraftMolecule,
  { file, fields }: Origin,
): readonly number[] {
  if (!charges) {
    if (charge !== undefined && charge !== 0) {
      throw problem(file, fields.charge, `Which fragment has the charge of ${charge} is not said`, {
        expected: 'the charge of each fragment',
      });
    }
    return fragments.map(() => 0);
  }
  checkCount(charges, fragments.length, fields.charges, { file, fields });
  const sum = charges.reduce((total, one) => total + one, 0);
  if (charge !== undefined && charge !== sum) {
    throw problem(file, fields.charge, 'The charges of the fragments add up to another', {
      expected: String(sum),
      given: String(charge),
    });
  }
  const broken = charges.findIndex((one) => !Number.isInteger(one));
  if (broken !== -1) {
    throw problem(file, [...fields.charges, broken], 'A fragment has whole electrons', {
      expected: 'a whole number',
      given: String(charges[broken]),
    });
  }
  return charges;
}

function multiplicitiesOf(
  { multiplicities }: DraftMolecule,
  electrons: readonly number[],
  origin: Origin,
): readonly number[] {
  const { fields } = origin;
  // The lowest that a fragment can have.
  if (!multiplicities) return electrons.map((count) => 1 + (Math.abs(count) % 2));
  checkCount(multiplicities, electrons.length, fields.multiplicities, origin);
  multiplicities.forEach((multiplicity, i) => {
    checkSpin(multiplicity, electrons[i]!, `fragment ${i + 1}`, origin, [...fields.multiplicities, i]);
  });
  return multiplicities;
}

function checkCount(values: readonly number[], count: number, at: FieldPath, { file }: Origin): void {
  if (values.length === count) return;
  throw problem(file, at, 'Wrong count', {
    expected: `${count}, one for each fragment`,
    given: String(values.length),
  });
}

/** A spin of m - 1 unpaired electrons needs so many, and leaves an even number of others. */
function checkSpin(
  multiplicity: number,
  electrons: number,
  who: string,
  { file }: Origin,
  at: FieldPath,
): void {
  const unpaired = multiplicity - 1;
  if (unpaired >= 0 && unpaired <= electrons && (electrons - unpaired) % 2 === 0) return;
  throw problem(file, at, `A multiplicity of ${multiplicity} does not go with the electrons of ${who}`, {
    expected: electrons % 2 === 0 ? 'an odd multiplicity' : 'an even multiplicity',
    given: `${multiplicity} with ${electrons} electrons`,
  });
}
