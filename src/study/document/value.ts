/** A study that is an object in memory: its parts have no line, so the field alone says where. */
import { join } from 'node:path';
import { InputError } from '../../errors/input-error.js';
import { fieldName, type StudyFile } from './places.js';

export function evaluatedFile({
  path,
  shown,
  text,
  value,
}: {
  readonly path: string;
  readonly shown: string;
  readonly text: string;
  readonly value: unknown;
}): StudyFile {
  return { path, text, value, locate: (at) => ({ file: shown, field: fieldName(at) }) };
}

/** A study that a program made. Its relative paths start from `folder`; its text is its JSON. */
export function valueFile(value: unknown, folder: string): StudyFile {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InputError('This is no study', {
      expected: 'an object with the keys of a study file, or the path of one',
      given: value === null ? 'null' : typeof value,
    });
  }
  const text = `${JSON.stringify(value, null, 2)}\n`;
  return evaluatedFile({ path: join(folder, 'study.json'), shown: 'the study', text, value });
}
