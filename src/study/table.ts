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
  let names: readonly string[] | undefined;
  let columns: readonly Float64Array[] = [];
  let rowCount = 0;
  for (const { start, end, line } of linesOf(text)) {
    if (!names) {
      names = headerOf(text.slice(start, end).split(','), shown, line);
      // Every row takes at least a character and a line end for each cell: an upper bound of their number.
      const most = Math.ceil((text.length - end) / (2 * names.length)) + 1;
      columns = names.map(() => new Float64Array(most));
      continue;
    }
    readRow(text, start, end, { names, columns, row: rowCount, file: shown, line });
    rowCount++;
  }
  if (!names) {
    throw new InputError('The table is empty', {
      file: shown,
      expected: 'a header line and rows of numbers',
    });
  }
  if (rowCount === 0) throw new InputError('The table has a header but no rows', { file: shown });
  return { names, rowCount, columns: columns.map((column) => column.slice(0, rowCount)) };
}

/** Bounds of the lines that are neither empty nor comments, numbered from 1. */
function* linesOf(text: string): Generator<{ start: number; end: number; line: number }> {
  let start = text.startsWith('\uFEFF') ? 1 : 0;
  for (let line = 1; start < text.length; line++) {
    const newline = text.indexOf('\n', start);
    const next = newline < 0 ? text.length : newline;
    const end = text[next - 1] === '\r' ? next - 1 : next;
    const isBlank =
      end <= start || text[start] === '#' || text.slice(start, Math.min(end, start + 80)).trim() === '';
    if (!isBlank) yield { start, end, line };
    start = next + 1;
  }
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

interface RowTarget {
  readonly names: readonly string[];
  readonly columns: readonly Float64Array[];
  readonly row: number;
  readonly file: string;
  readonly line: number;
}

function readRow(text: string, start: number, end: number, target: RowTarget): void {
  const { names, columns, row } = target;
  let at = start;
  let cell = 0;
  for (; at <= end; cell++) {
    const comma = text.indexOf(',', at);
    const stop = comma < 0 || comma > end ? end : comma;
    if (cell < names.length) columns[cell]![row] = numberOf(text.slice(at, stop), names[cell]!, target);
    at = stop + 1;
  }
  if (cell !== names.length) {
    throw new InputError('A row with another number of cells than the header', {
      file: target.file,
      line: target.line,
      expected: `${names.length} cells`,
      given: `${cell}`,
    });
  }
}

function numberOf(cell: string, field: string, { file, line }: RowTarget): number {
  const value = Number(cell);
  // Number() also takes blanks (as 0) and 0x10; the slow pattern decides about what could be one of them.
  const isPlain = Number.isFinite(value) && value !== 0 && !/[xob]/i.test(cell);
  if (isPlain || (decimal.test(cell.trim()) && Number.isFinite(value))) return value;
  throw new InputError('A cell that is no number', {
    file,
    line,
    field,
    expected: 'a finite decimal number',
    given: given(cell.trim()),
  });
}
