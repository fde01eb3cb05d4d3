/** The form of input that people write: YAML with units, levels and programs in one place. */
import { basename, extname } from 'node:path';
import { z } from 'zod';
import type { FieldPath, StudyFile } from '../../../study/document/places.js';
import { problem } from '../../../study/document/problem.js';
import { validate } from '../../../study/document/validate.js';
import { autoLabel, type LevelKey } from '../levels.js';
import type { CalculationSpec } from '../task.js';
import { bsseSchema, driverSchema, embeddingOf, embeddingSchema, levelKeyOf } from './common.js';
import type { Draft, Origin } from './draft.js';
import { choiceShape, readChoice } from './extras.js';
import { moleculeSchema, readMolecule } from './molecule-section.js';
import { qcschemaDocument } from './qcschema-document.js';
import { retrySchema, withRetries } from './retry.js';

const calculationShape = {
  program: z.string().min(1).describe('What computes it.'),
  method: z.string().min(1).describe('Such as mp2 or gfn2-xtb.'),
  basis: z.string().min(1).optional().describe('Basis set, for methods that have one.'),
  keywords: z.record(z.string(), z.unknown()).default({}).describe("The program's own."),
  retry_with: retrySchema.optional(),
};

const levelSchema = z.strictObject({
  name: z.string().min(1).optional().describe('Name in labels; method/basis by default.'),
  ...calculationShape,
});

export const friendlyShape = {
  name: z.string().min(1).optional(),
  molecule: moleculeSchema,
  driver: driverSchema.default('energy'),
  bsse: bsseSchema.default(['cp']).describe('nocp, cp, vmfc, or several; the first is returned.'),
  calculation: z.strictObject(calculationShape).optional().describe('One level of theory for everything.'),
  levels: z
    .record(z.string().regex(/^(supersystem|\d+)$/, 'a number of bodies, or supersystem'), levelSchema)
    .optional()
    .describe('Levels of theory by number of bodies; each covers the lower numbers that no other does.'),
  max_nbody: z.int().optional(),
  return_total_data: z.boolean().optional(),
  supersystem_ie_only: z.boolean().default(false),
  embedding_charges: embeddingSchema.optional().describe('Charges of the atoms of each fragment, e.'),
  ...choiceShape,
};

export const friendlySchema = z.strictObject(friendlyShape);

export async function readFriendly(file: StudyFile): Promise<{ draft: Draft; origin: Origin }> {
  return draftOf(file, validate(friendlySchema, file.value, file));
}

async function draftOf(
  file: StudyFile,
  parsed: z.output<typeof friendlySchema>,
): Promise<{ draft: Draft; origin: Origin }> {
  const { calculation, levels } = parsed;
  if ((calculation === undefined) === (levels === undefined)) {
    throw problem(file, [], 'The level of theory comes from one place', {
      expected: 'either calculation or levels',
      given: levels ? 'both' : 'neither',
    });
  }
  const named = levels ? nameLevels(file, levels) : undefined;
  const { draft: molecule, massNumbers } = await readMolecule(file, parsed.molecule);
  const choice = await readChoice(file, [], parsed);
  const specifications = named ? named.specifications : { [autoLabel]: specOf(calculation!) };
  const draft: Omit<Draft, 'document'> = {
    name: parsed.name ?? basename(file.path, extname(file.path)),
    molecule,
    driver: parsed.driver,
    bsse: parsed.bsse,
    ...(named && { levels: named.levels }),
    ...(parsed.max_nbody !== undefined && { maxNbody: parsed.max_nbody }),
    ...(parsed.return_total_data !== undefined && { returnTotalData: parsed.return_total_data }),
    supersystemIeOnly: parsed.supersystem_ie_only,
    ...(parsed.embedding_charges && { embeddingCharges: embeddingOf(parsed.embedding_charges) }),
    ...choice,
    specifications,
  };
  const extras = { cutoffs: parsed.cutoffs, screening: parsed.screening };
  return {
    draft: {
      ...draft,
      document: (complete) => ({
        version: 2,
        value: qcschemaDocument(draft, complete, massNumbers, extras),
      }),
    },
    origin: { file, fields },
  };
}

const fields: Origin['fields'] = {
  symbols: ['molecule'],
  geometry: ['molecule', 'geometry'],
  fragments: ['molecule', 'fragments'],
  charges: ['molecule', 'charges'],
  multiplicities: ['molecule', 'multiplicities'],
  charge: ['molecule', 'charges'],
  multiplicity: ['molecule', 'multiplicity'],
  bsse: ['bsse'],
  levels: ['levels'],
  maxNbody: ['max_nbody'],
  returnTotalData: ['return_total_data'],
  supersystemIeOnly: ['supersystem_ie_only'],
  embeddingCharges: ['embedding_charges'],
  cutoffs: ['cutoffs'],
  specifications: ['calculation'],
};

type LevelSection = z.output<typeof levelSchema>;

function specOf(section: Omit<LevelSection, 'name'>): CalculationSpec {
  const { program, method, basis, keywords, retry_with: changes } = section;
  return withRetries({ program, method, ...(basis !== undefined && { basis }), keywords }, changes);
}

/** By method and basis, by program too where that does not tell levels apart, or as the user says. */
function nameLevels(
  file: StudyFile,
  sections: Readonly<Record<string, LevelSection>>,
): { levels: ReadonlyMap<LevelKey, string>; specifications: Record<string, CalculationSpec> } {
  const short = ({ name, method, basis }: LevelSection): string =>
    name ?? (basis === undefined ? method : `${method}/${basis}`);
  const counts = new Map<string, number>();
  for (const section of Object.values(sections)) {
    counts.set(short(section), (counts.get(short(section)) ?? 0) + 1);
  }
  const levels = new Map<LevelKey, string>();
  const specifications: Record<string, CalculationSpec> = {};
  for (const [key, section] of Object.entries(sections)) {
    const isUnique = section.name !== undefined || counts.get(short(section)) === 1;
    const name = isUnique ? short(section) : `${section.program}:${short(section)}`;
    if (name in specifications) {
      const at: FieldPath = ['levels', key];
      throw problem(file, at, 'Cannot have duplicate model chemistries in levels.', {
        given: name,
        hint: 'Where two levels differ in keywords only, give each a name',
      });
    }
    specifications[name] = specOf(section);
    levels.set(levelKeyOf(key), name);
  }
  return { levels, specifications };
}
