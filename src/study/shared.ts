/** The section `shared`: data that every rank gets once. */
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import type { FieldPath, StudyFile } from './document/places.js';
import { atField, problem } from './document/problem.js';
import { readText } from './document/read.js';
import { validate } from './document/validate.js';
import { given } from './document/words.js';
import { parseTable } from './table.js';

const fromTable = z.strictObject({ csv: z.string().min(1) });
const fromValues = z.strictObject({ values: z.array(z.number()) });

/**
 * `{ csv }` becomes an object of its columns, each a Float64Array or a list of texts; `{ values }` one Float64Array;
 * every other value stays what it is. Throws InputError for a missing or malformed file and for numbers that are not finite.
 */
export async function resolveShared(
  file: StudyFile,
  shared: Readonly<Record<string, unknown>>,
): Promise<Readonly<Record<string, unknown>>> {
  const resolved: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(shared)) {
    resolved[name] = await resolveEntry(file, ['shared', name], value);
  }
  return resolved;
}

async function resolveEntry(file: StudyFile, path: FieldPath, value: unknown): Promise<unknown> {
  if (typeof value === 'object' && value !== null && 'csv' in value) {
    const { csv } = validate(fromTable, value, file, path);
    const text = await readText(resolve(dirname(file.path), csv), csv).catch((error: unknown) => {
      throw atField(file, [...path, 'csv'], error);
    });
    const table = parseTable(text, csv);
    return Object.fromEntries(table.names.map((name, column) => [name, table.columns[column]!.values]));
  }
  if (typeof value === 'object' && value !== null && 'values' in value) {
    return Float64Array.from(validate(fromValues, value, file, path).values);
  }
  requirePlain(file, path, value);
  return value;
}

/** Only what travels: finite numbers, texts, booleans, null, lists and maps of them, Float64Array. */
export function requirePlain(file: StudyFile, path: FieldPath, value: unknown): void {
  if (value === null || ['string', 'boolean', 'undefined'].includes(typeof value)) return;
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return;
    throw problem(file, path, 'Not a finite number', { given: String(value) });
  }
  if (Array.isArray(value)) {
    value.forEach((entry, i) => {
      requirePlain(file, [...path, i], entry);
    });
    return;
  }
  if (value instanceof Float64Array) return;
  if (typeof value === 'object' && [Object.prototype, null].includes(Object.getPrototypeOf(value))) {
    for (const [key, entry] of Object.entries(value)) requirePlain(file, [...path, key], entry);
    return;
  }
  throw problem(file, path, 'Not plain data', {
    expected: 'numbers, texts, true or false, lists, and keys with values',
    given: given(String(value)),
  });
}
