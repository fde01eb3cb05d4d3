/** A zod schema's verdict as an InputError: one problem, with its place, what was expected and what was given. */
import type { z } from 'zod';
import { InputError } from '../../errors/input-error.js';
import { suggestion } from '../nearest.js';
import type { FieldPath, StudyFile } from './places.js';
import { keysAt } from './schema-keys.js';
import { expectation, given } from './words.js';

type Issue = z.core.$ZodIssue;

/**
 * The value as the schema gives it back, defaults filled. `at` is the path of the value in the file. Throws InputError for the first
 * problem; of a union, for the branch that the value comes nearest to.
 */
export function validate<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  file: StudyFile,
  at: FieldPath = [],
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  // Unknown keys first: a misspelt key is also a missing one, and the spelling is the better message.
  const problems = result.error.issues.map(innermost);
  const problem = problems.find(({ code }) => code === 'unrecognized_keys') ?? problems[0]!;
  throw explain(schema, value, file, at, problem);
}

function explain(
  schema: z.ZodType,
  value: unknown,
  file: StudyFile,
  at: FieldPath,
  issue: Issue,
): InputError {
  const path = issue.path as (string | number)[];
  const here = valueAt(value, path);
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0]!;
    const known = keysAt(schema, path);
    const place = file.locate([...at, ...path, key], 'key');
    if (known.includes(key)) {
      const others = Object.keys(here as object).filter((other) => other !== key);
      return new InputError(`Key '${key}' does not go with ${others.join(', ')}`, place);
    }
    const hint = suggestion(key, known);
    return new InputError(`Unknown key '${key}'`, { ...place, ...(hint && { hint }) });
  }
  const around = path.slice(0, -1);
  if (here === undefined && path.length > 1 && isEmptyObject(valueAt(value, around))) {
    return new InputError('Wrong value', {
      ...file.locate([...at, ...around]),
      expected: `one of the keys ${keysAt(schema, around).join(', ')}`,
      given: '{}',
    });
  }
  if (here === undefined) {
    return new InputError('Missing', {
      ...file.locate([...at, ...path]),
      expected: expectation(issue),
    });
  }
  return new InputError('Wrong value', {
    ...file.locate([...at, ...path]),
    expected: expectation(issue),
    given: given(here),
  });
}

/** Of a union's branches, the issue of the one that the value comes nearest to; paths are then those of the whole value. */
function innermost(issue: Issue): Issue {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return issue;
  const branches = issue.errors.map((errors) => errors.map((error) => innermost(error)));
  const entered = branches.filter((errors) => !errors.some(isWrongKind));
  if (entered.length === 0) {
    // The value is of no branch's kind: the expectation is all of them together.
    return { ...issue, errors: branches } as Issue;
  }
  const [best] = entered.sort((left, right) => misfit(left) - misfit(right));
  const unknown = best!.find(({ code }) => code === 'unrecognized_keys');
  const chosen = unknown ?? best![0]!;
  return { ...chosen, path: [...issue.path, ...chosen.path] } as Issue;
}

/** The branch is for another kind of value altogether: wrong at its root. */
function isWrongKind(issue: Issue): boolean {
  return (
    issue.path.length === 0 &&
    issue.code !== 'unrecognized_keys' &&
    issue.code !== 'too_small' &&
    issue.code !== 'too_big'
  );
}

function misfit(errors: readonly Issue[]): number {
  let sum = 0;
  for (const error of errors) sum += error.code === 'unrecognized_keys' ? 100 * error.keys.length : 1;
  return sum;
}

function isEmptyObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function valueAt(value: unknown, path: FieldPath): unknown {
  let here: unknown = value;
  for (const step of path) {
    if (typeof here !== 'object' || here === null) return undefined;
    here = (here as Record<string | number, unknown>)[step];
  }
  return here;
}
