/** QCSchema's ManyBodyInput, versions 1 and 2. */
import { z } from 'zod';
import type { StudyFile } from '../../../study/document/places.js';
import { problem } from '../../../study/document/problem.js';
import { validate } from '../../../study/document/validate.js';
import { autoLabel } from '../levels.js';
import { bsseSchema, driverSchema, embeddingOf, embeddingSchema, levelKeyOf, present } from './common.js';
import type { Draft, Origin } from './draft.js';
import { extrasSchema, readExtras } from './extras.js';
import { retrySchema, withRetries } from './retry.js';

const anything = z.unknown().optional();
const record = z.record(z.string(), z.unknown());

const atomicSchema = z.strictObject({
  schema_name: anything,
  schema_version: anything,
  program: z.string().min(1),
  driver: anything,
  model: z.strictObject({ method: z.string().min(1), basis: z.string().nullish() }),
  keywords: record.default({}),
  protocols: anything,
  extras: z
    .looseObject({ shoal: z.strictObject({ retry_with: retrySchema.optional() }).optional() })
    .nullish(),
});

const keywordsSchema = z.strictObject({
  schema_name: anything,
  schema_version: anything,
  bsse_type: bsseSchema.default(['cp']),
  embedding_charges: embeddingSchema.nullish(),
  return_total_data: z.boolean().nullish(),
  levels: z
    .record(z.string().regex(/^(supersystem|\d+)$/, 'a number of bodies, or supersystem'), z.string())
    .nullish(),
  max_nbody: z.int().nullish(),
  supersystem_ie_only: z.boolean().nullish(),
});

const geometrySchema = z.union([z.array(z.number()), z.array(z.array(z.number()))]);

const moleculeSchema = z.looseObject({
  name: z.string().nullish(),
  symbols: z.array(z.string()).min(1),
  geometry: geometrySchema,
  real: z.array(z.boolean()).nullish(),
  fragments: z.array(z.array(z.int())).nullish(),
  fragment_charges: z.array(z.number()).nullish(),
  fragment_multiplicities: z.array(z.int().min(1)).nullish(),
  molecular_charge: z.number().nullish(),
  molecular_multiplicity: z.int().min(1).nullish(),
});

const inputSchema = z.strictObject({
  schema_name: z.string().optional(),
  schema_version: z.union([z.literal(1), z.literal(2)]).optional(),
  id: anything,
  provenance: anything,
  extras: anything,
  molecule: moleculeSchema,
  specification: z.strictObject({
    schema_name: anything,
    schema_version: anything,
    driver: driverSchema,
    keywords: keywordsSchema.default({ bsse_type: ['cp'] }),
    specification: z.union([atomicSchema, z.record(z.string(), atomicSchema)]),
    program: anything,
    protocols: anything,
    extras: extrasSchema.nullish(),
  }),
});

const names = { qcschema_manybodyinput: 1, qcschema_many_body_input: 2 } as const;

export async function readQcschema(file: StudyFile): Promise<{ draft: Draft; origin: Origin }> {
  const parsed = validate(inputSchema, file.value, file);
  const version = versionOf(file, parsed);
  const { molecule, specification } = parsed;
  const { keywords } = specification;
  const specifications = byName(specification.specification);
  const embedding = present(keywords.embedding_charges);
  const { cutoffs, screening } = await readExtras(file, ['specification', 'extras'], specification.extras);
  const draft: Draft = {
    name: molecule.name || 'molecule',
    molecule: {
      symbols: molecule.symbols,
      geometry: molecule.geometry.flat(),
      isGhost: ghosts(file, molecule.symbols.length, molecule.real),
      fragments: molecule.fragments ?? [molecule.symbols.map((_, i) => i)],
      ...optional('charges', molecule.fragment_charges),
      ...optional('multiplicities', molecule.fragment_multiplicities),
      ...optional('charge', molecule.molecular_charge),
      ...optional('multiplicity', molecule.molecular_multiplicity),
    },
    driver: specification.driver,
    bsse: keywords.bsse_type,
    ...optional(
      'levels',
      keywords.levels &&
        new Map(Object.entries(keywords.levels).map(([key, name]) => [levelKeyOf(key), name])),
    ),
    ...optional('maxNbody', keywords.max_nbody),
    ...optional('returnTotalData', keywords.return_total_data),
    supersystemIeOnly: keywords.supersystem_ie_only ?? false,
    ...(embedding && { embeddingCharges: embeddingOf(embedding) }),
    ...(cutoffs && { cutoffs }),
    ...(screening && { screening }),
    specifications,
    document: () => ({ version, value: file.value as Record<string, unknown> }),
  };
  return { draft, origin: { file, fields } };
}

const atKeyword = (key: string) => ['specification', 'keywords', key] as const;

const fields: Origin['fields'] = {
  symbols: ['molecule', 'symbols'],
  geometry: ['molecule', 'geometry'],
  fragments: ['molecule', 'fragments'],
  charges: ['molecule', 'fragment_charges'],
  multiplicities: ['molecule', 'fragment_multiplicities'],
  charge: ['molecule', 'molecular_charge'],
  multiplicity: ['molecule', 'molecular_multiplicity'],
  bsse: atKeyword('bsse_type'),
  levels: atKeyword('levels'),
  maxNbody: atKeyword('max_nbody'),
  returnTotalData: atKeyword('return_total_data'),
  supersystemIeOnly: atKeyword('supersystem_ie_only'),
  embeddingCharges: atKeyword('embedding_charges'),
  cutoffs: ['specification', 'extras', 'shoal', 'cutoffs'],
  specifications: ['specification', 'specification'],
};

function versionOf(
  file: StudyFile,
  { schema_name: name, schema_version: version }: z.output<typeof inputSchema>,
): 1 | 2 {
  if (name === undefined) return version ?? 2;
  const known = Object.hasOwn(names, name) ? names[name as keyof typeof names] : undefined;
  if (known === undefined) {
    throw problem(file, ['schema_name'], 'Not a many-body input', {
      expected: Object.keys(names).join(' or '),
      given: `'${name}'`,
    });
  }
  if (version !== undefined && version !== known) {
    throw problem(file, ['schema_version'], `${name} is version ${known}`, { given: String(version) });
  }
  return known;
}

type Atomic = z.output<typeof atomicSchema>;

/** A specification that stands alone is that of all levels. */
function byName(given: Atomic | Record<string, Atomic>): Draft['specifications'] {
  const named = isAtomic(given) ? { [autoLabel]: given } : given;
  return Object.fromEntries(
    Object.entries(named).map(([name, { program, model, keywords, extras }]) => [
      name,
      withRetries(
        { program, method: model.method, ...(model.basis ? { basis: model.basis } : {}), keywords },
        extras?.shoal?.retry_with,
      ),
    ]),
  );
}

function isAtomic(given: Atomic | Record<string, Atomic>): given is Atomic {
  return typeof given.program === 'string';
}

function ghosts(file: StudyFile, atomCount: number, real: readonly boolean[] | null | undefined): boolean[] {
  if (real && real.length !== atomCount) {
    throw problem(file, ['molecule', 'real'], 'Wrong count', {
      expected: `${atomCount}, one for each atom`,
      given: String(real.length),
    });
  }
  return Array.from({ length: atomCount }, (_, i) => real?.[i] === false);
}

function optional<Key extends string, Value>(
  key: Key,
  value: Value | null | undefined,
): { readonly [K in Key]?: Value } {
  return (value === null || value === undefined ? {} : { [key]: value }) as { readonly [K in Key]?: Value };
}
