/** One cell of comma-separated text: where it ends, and whether it is a number or text. */
import { InputError } from '../errors/input-error.js';
import { given } from './document/words.js';

/** Where a cell stands, for messages. */
export interface CellPlace {
  readonly file: string;
  readonly line: number;
  readonly field: string;
}

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** What programs write for numbers that are none: taken as text these would hide a failed computation. */
const notFinite = /^[+-]?(nan|inf|infinity)$/i;

const comma = 0x2c;
const quote = 0x22;
const blank = 0x20;

/** The end of the cell that begins at `at` of a line that ends at `end`: its comma, or the end of the line. */
export function cellEnd(text: string, at: number, end: number): number {
  let start = at;
  while (start < end && text.charCodeAt(start) === blank) start++;
  if (text.charCodeAt(start) !== quote) {
    const next = text.indexOf(',', at);
    return next < 0 || next > end ? end : next;
  }
  let isInside = true;
  for (let i = start + 1; i < end; i++) {
    const code = text.charCodeAt(i);
    if (code === quote) isInside = !isInside;
    else if (code === comma && !isInside) return i;
  }
  return end;
}

/** Whether a cell is a number or text: what stands in quotes is text, whatever it is. */
export function isNumberCell(cell: string): boolean {
  const trimmed = cell.trim();
  return decimal.test(trimmed) || notFinite.test(trimmed);
}

export function numberOf(cell: string, { file, line, field }: CellPlace): number {
  const value = Number(cell);
  // Number() also takes blanks (as 0) and 0x10; the slow pattern decides about what could be one of them.
  const isPlain = Number.isFinite(value) && value !== 0 && !/[xob]/i.test(cell);
  if (isPlain || (decimal.test(cell.trim()) && Number.isFinite(value))) return value;
  throw new InputError('A cell that is no number', {
    ...{ file, line, field },
    expected: 'a finite decimal number',
    given: given(cell.trim() || undefined),
  });
}

/** The text of a cell without its quotes, in which two quotes stand for one. */
export function textOf(cell: string, place: CellPlace): string {
  const trimmed = cell.trim();
  if (!trimmed.startsWith('"')) return trimmed;
  const [, inside] = /^"((?:[^"]|"")*)"$/.exec(trimmed) ?? [];
  if (inside !== undefined) return inside.replaceAll('""', '"');
  throw new InputError('A cell whose quotes do not match', {
    ...place,
    expected: 'a closing quote as its last character, and two quotes for one inside',
    given: given(trimmed),
  });
}
