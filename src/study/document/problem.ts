/** InputErrors that know their place in the study file. */
import { InputError, type InputFacts } from '../../errors/input-error.js';
import type { FieldPath, StudyFile } from './places.js';

export function problem(
  file: StudyFile,
  path: FieldPath,
  message: string,
  facts: InputFacts = {},
  part: 'key' | 'value' = 'value',
): InputError {
  return new InputError(message, { ...file.locate(path, part), ...facts });
}

/** Runs `work`; an InputError of it that names no file gets the place of `path`. */
export function placed<Result>(file: StudyFile, path: FieldPath, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof InputError) || error.facts.file !== undefined) throw error;
    throw new InputError(
      error.message,
      { ...file.locate(path), ...withoutPlace(error.facts) },
      { cause: error },
    );
  }
}

function withoutPlace({ expected, given, hint }: InputFacts): InputFacts {
  return { ...(expected && { expected }), ...(given !== undefined && { given }), ...(hint && { hint }) };
}

/** The error of a file that the study names, said at the field that names it. */
export function atField(file: StudyFile, path: FieldPath, error: unknown): unknown {
  if (!(error instanceof InputError) || error.facts.line !== undefined) return error;
  const { message, facts } = error;
  return new InputError(message, { ...file.locate(path), given: facts.file ?? '' }, { cause: error });
}
