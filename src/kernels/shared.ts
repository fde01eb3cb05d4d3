/** The `shared` and `settings` sections of a study as a C kernel gets them. */
import { InputError } from '../errors/input-error.js';

/**
 * All their numbers as doubles, one after the other: first those of `shared`, then those of `settings`, each in the
 * order of the study file, lists and tables row by row. Text has no place there and is an InputError.
 */
export function packShared(shared: Readonly<Record<string, unknown>>, settings: unknown): Uint8Array {
  const numbers: number[] = [];
  collect(shared, 'shared', numbers);
  collect(settings, 'settings', numbers);
  return new Uint8Array(Float64Array.from(numbers).buffer);
}

function collect(value: unknown, field: string, numbers: number[]): void {
  if (value === undefined || value === null) return;
  if (typeof value === 'number' || typeof value === 'boolean') {
    numbers.push(Number(value));
  } else if (value instanceof Float64Array) {
    for (const number of value) numbers.push(number);
  } else if (typeof value === 'object') {
    for (const [key, entry] of Object.entries(value)) collect(entry, `${field}.${key}`, numbers);
  } else {
    throw new InputError('a C kernel gets numbers only', {
      field,
      expected: 'a number',
      given: String(value),
    });
  }
}
