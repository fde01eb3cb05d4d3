/** Where in its file each field of a document stands. */
import type { InputPlace } from '../../errors/input-error.js';

export type FieldPath = readonly (string | number)[];

export interface StudyFile {
  /** Absolute path, and the text as read. */
  readonly path: string;
  readonly text: string;
  readonly value: unknown;
  /** Place of a field's value, or of its key; the nearest field around it where it does not exist. */
  locate(path: FieldPath, part?: 'key' | 'value'): InputPlace;
}

/** `parameters.rho[0]`, `derived.depths[2]`. */
export function fieldName(path: FieldPath): string {
  return path.reduce<string>((name, part) => {
    if (typeof part === 'number') return `${name}[${part}]`;
    return name === '' ? part : `${name}.${part}`;
  }, '');
}
