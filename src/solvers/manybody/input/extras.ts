/** Cutoffs and screening, which QCSchema does not have: under `extras.shoal` there, at the top of the friendly form. */
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import type { FieldPath, StudyFile } from '../../../study/document/places.js';
import { atField, problem } from '../../../study/document/problem.js';
import { readText } from '../../../study/document/read.js';
import { bohrInAngstrom } from '../elements.js';
import type { Cutoffs, Screening } from '../input.js';
import { contributionsByCluster } from './screening.js';

export const unitsSchema = z.enum(['angstrom', 'bohr']);

export const cutoffsSchema = z.strictObject({
  units: unitsSchema,
  distances: z.record(z.string().regex(/^\d+$/, 'a number of bodies'), z.number().positive()),
  measure: z.enum(['atoms', 'centres']).default('atoms'),
});

export const screeningSchema = z.strictObject({
  threshold: z.number().positive(),
  results: z.string().min(1),
  model_chemistry: z.string().optional(),
});

export const choiceShape = { cutoffs: cutoffsSchema.optional(), screening: screeningSchema.optional() };

export const extrasSchema = z.looseObject({ shoal: z.strictObject(choiceShape).optional() });

interface Choice {
  readonly cutoffs?: Cutoffs;
  readonly screening?: Screening;
}

export function readExtras(
  file: StudyFile,
  at: FieldPath,
  extras: z.output<typeof extrasSchema> | null | undefined,
): Promise<Choice> {
  return readChoice(file, [...at, 'shoal'], extras?.shoal ?? {});
}

/** `at` is the field that holds both. Relative paths start from the input's folder. */
export async function readChoice(
  file: StudyFile,
  at: FieldPath,
  {
    cutoffs,
    screening,
  }: {
    readonly cutoffs?: z.output<typeof cutoffsSchema> | undefined;
    readonly screening?: z.output<typeof screeningSchema> | undefined;
  },
): Promise<Choice> {
  return {
    ...(cutoffs && { cutoffs: cutoffsOf(cutoffs) }),
    ...(screening && { screening: await screeningOf(file, [...at, 'screening'], screening) }),
  };
}

/** Lengths in bohr from those in the unit that the user names. */
export function inBohr(value: number, units: z.output<typeof unitsSchema>): number {
  return units === 'angstrom' ? value / bohrInAngstrom : value;
}

function cutoffsOf({ units, distances, measure }: z.output<typeof cutoffsSchema>): Cutoffs {
  return {
    measure,
    distances: Object.fromEntries(
      Object.entries(distances).map(([nbody, distance]) => [nbody, inBohr(distance, units)]),
    ),
  };
}

async function screeningOf(
  file: StudyFile,
  at: FieldPath,
  { threshold, results, model_chemistry: modelChemistry }: z.output<typeof screeningSchema>,
): Promise<Screening> {
  const path = resolve(dirname(file.path), results);
  const text = await readText(path, results).catch((error: unknown) => {
    throw atField(file, [...at, 'results'], error);
  });
  const contributions = contributionsByCluster(text, modelChemistry);
  if (Object.keys(contributions).length > 0) return { threshold, contributions };
  throw problem(file, [...at, 'results'], 'No energies of two fragments and of each alone to screen by', {
    expected: 'a file of labels with energies, as assemble takes it',
    given: results,
  });
}
