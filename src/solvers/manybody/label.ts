/** Names of calculations, as QCManyBody writes and reads them. */
import { InputError } from '../../errors/input-error.js';

export interface LabelParts {
  /** Absent only in the pretty form of an expansion with one level of theory. */
  readonly modelChemistry?: string;
  readonly real: readonly number[];
  readonly basis: readonly number[];
}

/** `["mp2", [1], [1, 2]]`, character by character what Python's `json.dumps` gives. */
export function formatLabel(
  modelChemistry: string,
  real: readonly number[],
  basis: readonly number[],
): string {
  return `[${asciiJson(modelChemistry)}, [${real.join(', ')}], [${basis.join(', ')}]]`;
}

/** `§mp2_(1)@(1, 2)`, or `(1)@(1, 2)` without a model chemistry. */
export function prettyLabel(
  modelChemistry: string | undefined,
  real: readonly number[],
  basis: readonly number[],
): string {
  const prefix = modelChemistry === undefined ? '' : `§${modelChemistry}_`;
  return `${prefix}(${real.join(', ')})@(${basis.join(', ')})`;
}

/** Reads both forms. Throws InputError for anything else. */
export function parseLabel(label: string): LabelParts {
  const parts = label.trimStart().startsWith('[') ? parseJson(label) : parsePretty(label);
  if (parts && isNumbering(parts.real) && isNumbering(parts.basis)) return parts;
  throw new InputError('Not the label of a calculation', {
    expected: '["mp2", [1], [1, 2]] or §mp2_(1)@(1, 2)',
    given: label,
  });
}

/** The last one that was written: labels come by the thousand for one model chemistry. */
let written = { text: '', json: '""' };

/** Python escapes what is not ASCII; JavaScript does not. */
function asciiJson(text: string): string {
  if (text !== written.text) written = { text, json: escaped(text) };
  return written.json;
}

function escaped(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function parseJson(label: string): LabelParts | undefined {
  let value: unknown;
  try {
    value = JSON.parse(label);
  } catch {
    return undefined;
  }
  if (!Array.isArray(value) || value.length !== 3) return undefined;
  const [modelChemistry, real, basis] = value as unknown[];
  if (typeof modelChemistry !== 'string' || !Array.isArray(real) || !Array.isArray(basis)) return undefined;
  return { modelChemistry, real, basis };
}

/** A model chemistry may hold underscores and parentheses, so the fragments are found from the end. */
const pretty = /^(?:§(?<modelChemistry>.*)_)?(?<real>\([\d, ]*\))@(?<basis>\([\d, ]*\))$/s;

function parsePretty(label: string): LabelParts | undefined {
  const groups = pretty.exec(label)?.groups;
  if (!groups) return undefined;
  const { modelChemistry } = groups;
  return {
    ...(modelChemistry !== undefined && { modelChemistry }),
    real: fragments(groups.real!),
    basis: fragments(groups.basis!),
  };
}

function fragments(text: string): number[] {
  return text
    .slice(1, -1)
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(Number);
}

function isNumbering(values: readonly unknown[]): boolean {
  return values.length > 0 && values.every((value) => Number.isSafeInteger(value) && (value as number) > 0);
}
