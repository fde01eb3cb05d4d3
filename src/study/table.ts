/** CSV tables: a header line, then a row a line. A column holds decimal numbers or texts, like its first cell. */
import { InputError } from '../errors/input-error.js';
import { given } from './document/words.js';
import { type CellPlace, cellEnd, isNumberCell, numberOf, textOf } from './table-cell.js';

export interface Table {
  readonly names: readonly string[];
  readonly rowCount: number;
  /** One column of `rowCount` values for each name. */
  readonly columns: readonly TableColumn[];
}

export type TableColumn =
  | { readonly kind: 'numbers'; readonly values: Float64Array }
  | { readonly kind: 'texts'; readonly values: string[] };

/**
 * Parses comma-separated text; empty lines and lines that begin with # are skipped, names and texts may stand in double
 * quotes. Throws InputError with the line and column name of what is wrong; `shown` is the file's name in messages.
 */
export function parseTable(text: string, shown: string): Table {
  let names: readonly string[] | undefined;
  let columns: readonly TableColumn[] | undefined;
  let rowCount = 0;
  for (const { start, end, line } of linesOf(text)) {
    if (!names) {
      names = headerOf(cellsOf(text, start, end), shown, line);
      continue;
    }
    // Every row takes at least a character and a line end for each cell: an upper bound of their number.
    columns ??= columnsLike(
      cellsOf(text, start, end).slice(0, names.length),
      Math.ceil((text.length - start + 1) / (2 * names.length)) + 1,
    );
    readRow(text, start, end, { names, columns, row: rowCount, file: shown, line });
    rowCount++;
  }
  if (!names) {
    throw new InputError('The table is empty', {
      file: shown,
      expected: 'a header line and rows of values',
    });
  }
  if (!columns) throw new InputError('The table has a header but no rows', { file: shown });
  return { names, rowCount, columns: columns.map((column) => shortened(column, rowCount)) };
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

function cellsOf(text: string, start: number, end: number): readonly string[] {
  const cells: string[] = [];
  for (let at = start; at <= end; ) {
    const stop = cellEnd(text, at, end);
    cells.push(text.slice(at, stop));
    at = stop + 1;
  }
  return cells;
}

function headerOf(cells: readonly string[], file: string, line: number): readonly string[] {
  const names = cells.map((cell, column) => textOf(cell, { file, line, field: `column ${column + 1}` }));
  names.forEach((name, column) => {
    if (name === '') {
      throw new InputError('A column without a name', {
        file,
        line,
        given: `column ${column + 1} of the header`,
      });
    }
    if (names.indexOf(name) !== column) throw new InputError(`Two columns named '${name}'`, { file, line });
    if (isNumberCell(name)) {
      throw new InputError('The first line must name the columns', { file, line, given: name });
    }
  });
  return names;
}

/** An empty cell makes a column of numbers: as text it would have to stand in quotes. */
function columnsLike(cells: readonly string[], most: number): readonly TableColumn[] {
  return cells.map((cell) =>
    cell.trim() === '' || isNumberCell(cell)
      ? { kind: 'numbers', values: new Float64Array(most) }
      : { kind: 'texts', values: [] },
  );
}

interface RowTarget {
  readonly names: readonly string[];
  readonly columns: readonly TableColumn[];
  readonly row: number;
  readonly file: string;
  readonly line: number;
}

function readRow(text: string, start: number, end: number, target: RowTarget): void {
  const { names, columns, row, file, line } = target;
  let at = start;
  let cell = 0;
  for (; at <= end; cell++) {
    const stop = cellEnd(text, at, end);
    const column = columns[cell];
    if (column) {
      const place = { file, line, field: names[cell]! };
      const value = text.slice(at, stop);
      if (column.kind === 'numbers') column.values[row] = numberOf(value, place);
      else column.values.push(textLike(column.values, value, place));
    }
    at = stop + 1;
  }
  if (cell !== names.length) {
    throw new InputError('A row with another number of cells than the header', {
      ...{ file, line },
      expected: `${names.length} cells`,
      given: `${cell}`,
    });
  }
}

function textLike(above: readonly string[], cell: string, place: CellPlace): string {
  if (cell.trim() !== '' && !isNumberCell(cell)) return textOf(cell, place);
  throw new InputError('A cell that is no text', {
    ...place,
    expected: `text, like ${given(above[0])} above it`,
    given: cell.trim() || 'nothing',
    hint: 'Write a number that is text, and an empty text, in double quotes',
  });
}

function shortened(column: TableColumn, rowCount: number): TableColumn {
  return column.kind === 'numbers' ? { ...column, values: column.values.slice(0, rowCount) } : column;
}
