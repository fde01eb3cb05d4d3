/** CSV tables of numbers: a header line, then one row of decimal numbers a line. */
import { InputError } from '../errors/input-error.js';
import { given } from './document/words.js';

export interface NumberTable {
  readonly names: readonly string[];
  readonly rowCount: number;
  /** One array of `rowCount` numbers for each name. */
  readonly columns: readonly Float64Array[];
}

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/**
 * Parses comma-separated text; empty lines and lines that begin with # are skipped, names may stand in double quotes.
 * Throws InputError with the line and column name of what is wrong; `shown` is the file's name in messages.
 */
export function parseTable(text: string, shown: string): NumberTable {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  let names: readonly string[] | undefined;
  const rows: number[][] = [];
  lines.forEach((line, i) => {
    if (line.trim() === '' || line.startsWith('#')) return;
    const cells = line.split(',');
    if (!names) names = headerOf(cells, shown, i + 1);
    else rows.push(rowOf(cells, names, shown, i + 1));
  });
  if (!names)
    throw new InputError('The table is empty', {
      file: shown,
      expected: 'a header line and rows of numbers',
    });
  if (rows.length === 0) throw new InputError('The table has a header but no rows', { file: shown });
  return {
    names,
    rowCount: rows.length,
    columns: names.map((_, column) => Float64Array.from(rows, (row) => row[column]!)),
  };
}

function headerOf(cells: readonly string[], file: string, line: number): readonly string[] {
  const names = cells.map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
  names.forEach((name, column) => {
    if (name === '') {
      throw new InputError('A column without a name', {
        file,
        line,
        given: `column ${column + 1} of the header`,
      });
    }
    if (names.indexOf(name) !== column) throw new InputError(`Two columns named '${name}'`, { file, line });
    if (decimal.test(name)) {
      throw new InputError('The first line must name the columns', { file, line, given: name });
    }
  });
  return names;
}

function rowOf(cells: readonly string[], names: readonly string[], file: string, line: number): number[] {
  if (cells.length !== names.length) {
    throw new InputError('A row with another number of cells than the header', {
      file,
      line,
      expected: `${names.length} cells`,
      given: `${cells.length}`,
    });
  }
  return cells.map((cell, column) => {
    const text = cell.trim();
    const value = decimal.test(text) ? Number(text) : Number.NaN;
    if (!Number.isFinite(value)) {
      throw new InputError('A cell that is no number', {
        file,
        line,
        field: names[column]!,
        expected: 'a finite decimal number',
        given: given(text),
      });
    }
    return value;
  });
}
