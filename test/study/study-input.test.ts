import { expect, test } from 'vitest';
import type { z } from 'zod';
import type { studySchema } from '../../src/study/schema.js';
import type { StudyInput } from '../../src/study/study-input.js';

type Frozen<T> = T extends readonly unknown[] | object ? { readonly [K in keyof T]: Frozen<T[K]> } : T;
type Accepted = Frozen<z.input<typeof studySchema>>;

test('the type of a study in TypeScript is what the schema accepts', () => {
  // Assignments are checked by the compiler; one that fails is an error of `tsc`.
  const written = (study: StudyInput): Accepted => study;
  const accepted = (study: Accepted): StudyInput => study;
  const keys = (key: keyof StudyInput): keyof Accepted => key;
  const schemaKeys = (key: keyof Accepted): keyof StudyInput => key;
  expect([written, accepted, keys, schemaKeys].map((check) => typeof check('name' as never))).toEqual(
    Array(4).fill('string'),
  );
});
