/** Schemas of what both forms of input have in the same words. */
import { z } from 'zod';
import type { LevelKey } from '../levels.js';

export const driverSchema = z.enum(['energy', 'gradient', 'hessian']);

/** One name or several; which names there are is said by whoever knows their aliases. */
export const bsseSchema = z.union([z.string().transform((name) => [name]), z.array(z.string())]);

const fragmentNumber = z.string().regex(/^[1-9]\d*$/, 'the number of a fragment, from 1');

export const embeddingSchema = z.record(fragmentNumber, z.array(z.number()));

export function embeddingOf(
  charges: z.output<typeof embeddingSchema>,
): ReadonlyMap<number, readonly number[]> {
  return new Map(Object.entries(charges).map(([fragment, values]) => [Number(fragment), values]));
}

export function levelKeyOf(text: string): LevelKey {
  return text === 'supersystem' ? text : Number(text);
}

/** QCSchema writes null, or nothing, for what is not given; an empty mapping means the same. */
export function present<Value extends object>(value: Value | null | undefined): Value | undefined {
  return value && Object.keys(value).length > 0 ? value : undefined;
}
