/** The checks that need the whole input, and its defaults. Contradictions are refused, in QCManyBody's words where it has some. */
import { problem } from '../../../study/document/problem.js';
import { suggestion } from '../../../study/nearest.js';
import type { Bsse, Level, ManyBodyInput } from '../input.js';
import { autoLabel, bodyKeys, expandLevels, type LevelKey } from '../levels.js';
import { completeMolecule } from './complete-molecule.js';
import type { Draft, Origin } from './draft.js';

export function completeInput(draft: Draft, origin: Origin): ManyBodyInput {
  const molecule = completeMolecule(draft.molecule, origin);
  const fragmentCount = molecule.fragments.length;
  const bsse = bsseTypes(draft.bsse, origin);
  const maxNbody = maxNbodyOf(draft, fragmentCount, origin);
  const levels = levelsOf(draft, maxNbody, fragmentCount, origin);
  const returnTotalData = returnTotalDataOf(draft, origin);
  checkSupersystemIeOnly(draft, { bsse, maxNbody, fragmentCount, levels }, origin);
  const embeddingCharges = embeddingChargesOf(draft, molecule.fragments, origin);
  checkCutoffs(draft, maxNbody, origin);
  return {
    name: draft.name,
    molecule,
    driver: draft.driver,
    ...{ bsse, levels, maxNbody, returnTotalData },
    supersystemIeOnly: draft.supersystemIeOnly,
    ...(embeddingCharges && { embeddingCharges }),
    ...(draft.cutoffs && { cutoffs: draft.cutoffs }),
    ...(draft.screening && { screening: draft.screening }),
    specifications: draft.specifications,
    document: draft.document(molecule),
  };
}

const bsseNames: Readonly<Record<string, Bsse>> = {
  nocp: 'nocp',
  mbe: 'nocp',
  none: 'nocp',
  cp: 'cp',
  ssfc: 'cp',
  vmfc: 'vmfc',
};

function bsseTypes(names: readonly string[], { file, fields }: Origin): readonly Bsse[] {
  if (names.length === 0) throw problem(file, fields.bsse, 'No BSSE correction specified');
  const types = names.map((name) => {
    const type = Object.hasOwn(bsseNames, name.toLowerCase()) ? bsseNames[name.toLowerCase()] : undefined;
    if (type) return type;
    throw problem(file, fields.bsse, "Input should be 'nocp', 'cp', 'vmfc'", {
      expected: Object.keys(bsseNames).join(', '),
      given: `'${name}'`,
    });
  });
  return [...new Set(types)];
}

function maxNbodyOf({ levels, maxNbody }: Draft, fragmentCount: number, { file, fields }: Origin): number {
  if (maxNbody !== undefined && (maxNbody < 1 || maxNbody > fragmentCount)) {
    throw problem(file, fields.maxNbody, `max_nbody=${maxNbody} should be between 1 and ${fragmentCount}.`);
  }
  if (!levels) return maxNbody ?? fragmentCount;
  const keys = bodyKeys(levels);
  const largest = keys.at(-1);
  if (largest === undefined) {
    throw problem(file, fields.levels, 'No number of bodies among the levels', {
      expected: 'a key from 1 on beside supersystem',
      given: [...levels.keys()].join(', ') || 'nothing',
    });
  }
  const outside = keys.find((key) => key < 1 || key > fragmentCount);
  if (outside !== undefined) {
    throw problem(file, [...fields.levels, String(outside)], 'There are not so many fragments', {
      expected: `a number of bodies between 1 and ${fragmentCount}`,
      given: String(outside),
    });
  }
  if (maxNbody !== undefined && maxNbody !== largest) {
    throw problem(file, fields.maxNbody, `levels=${largest} contradicts user max_nbody=${maxNbody}.`);
  }
  return largest;
}

function levelsOf(
  { levels, specifications }: Draft,
  maxNbody: number,
  fragmentCount: number,
  { file, fields }: Origin,
): readonly Level[] {
  const known = Object.keys(specifications);
  const named: ReadonlyMap<LevelKey, string> =
    levels ?? new Map([[maxNbody, known.length === 1 ? known[0]! : autoLabel]]);
  if (new Set(named.values()).size !== named.size) {
    throw problem(file, fields.levels, 'Cannot have duplicate model chemistries in levels.');
  }
  for (const [key, modelChemistry] of named) {
    if (known.includes(modelChemistry)) continue;
    const field = levels ? [...fields.levels, String(key)] : fields.specifications;
    throw problem(file, field, `No specification is named '${modelChemistry}'`, {
      expected: known.join(', '),
      hint: suggestion(modelChemistry, known) ?? 'Name the specification of each level in levels',
    });
  }
  if (named.has('supersystem') && maxNbody === fragmentCount) {
    throw problem(file, [...fields.levels, 'supersystem'], 'The levels before it reach all fragments', {
      expected: `levels up to ${fragmentCount - 1} bodies beside supersystem`,
      given: String(maxNbody),
    });
  }
  return expandLevels(named, maxNbody);
}

/** Derivatives are of use as totals; energies are asked for as interactions. */
function returnTotalDataOf(draft: Draft, { file, fields }: Origin): boolean {
  const isTotal = draft.returnTotalData ?? draft.driver !== 'energy';
  if (draft.embeddingCharges && !isTotal) {
    throw problem(
      file,
      fields.returnTotalData,
      'Cannot return interaction data when using embedding scheme.',
      { hint: 'Set return_total_data to true' },
    );
  }
  return isTotal;
}

interface Resolved {
  readonly bsse: readonly Bsse[];
  readonly maxNbody: number;
  readonly fragmentCount: number;
  readonly levels: readonly Level[];
}

function checkSupersystemIeOnly(
  draft: Draft,
  { bsse, maxNbody, fragmentCount, levels }: Resolved,
  { file, fields }: Origin,
): void {
  if (!draft.supersystemIeOnly) return;
  const refuse = (message: string): never => {
    throw problem(file, fields.supersystemIeOnly, message);
  };
  if (maxNbody !== fragmentCount) {
    refuse(`Cannot skip intermediate n-body jobs when max_nbody=${maxNbody} != nfragments=${fragmentCount}.`);
  }
  if (bsse.includes('vmfc')) {
    const list = bsse.map((type) => `'${type}'`).join(', ');
    refuse(`Cannot skip intermediate n-body jobs when VMFC in bsse_type=[${list}]. Use CP instead.`);
  }
  if (levels.length > 1) refuse('Cannot skip intermediate n-body jobs that have a level of their own.');
  if (draft.cutoffs || draft.screening) {
    refuse('Cannot skip intermediate n-body jobs and choose some of them by cutoffs.');
  }
}

function embeddingChargesOf(
  { embeddingCharges }: Draft,
  fragments: readonly (readonly number[])[],
  { file, fields }: Origin,
): readonly (readonly number[])[] | undefined {
  if (!embeddingCharges) return undefined;
  const isComplete = fragments.every((_, i) => embeddingCharges.has(i + 1));
  if (!isComplete || embeddingCharges.size !== fragments.length) {
    throw problem(
      file,
      fields.embeddingCharges,
      `embedding_charges dict should have entries for each 1-indexed fragment (${fragments.length})`,
      { given: [...embeddingCharges.keys()].join(', ') || 'none' },
    );
  }
  return fragments.map((atoms, i) => {
    const charges = embeddingCharges.get(i + 1)!;
    if (charges.length === atoms.length) return charges;
    throw problem(file, [...fields.embeddingCharges, String(i + 1)], 'Wrong count of charges', {
      expected: `${atoms.length}, one for each atom of fragment ${i + 1}`,
      given: String(charges.length),
    });
  });
}

function checkCutoffs({ cutoffs }: Draft, maxNbody: number, { file, fields }: Origin): void {
  const beyond = Object.keys(cutoffs?.distances ?? {}).find(
    (key) => Number(key) < 2 || Number(key) > maxNbody,
  );
  if (beyond === undefined) return;
  throw problem(file, fields.cutoffs, `A cutoff for ${beyond} bodies decides nothing`, {
    expected: `numbers of bodies from 2 to max_nbody=${maxNbody}`,
    given: beyond,
  });
}
