/** Values that are listed one by one: grid axes, tables, explicit cases. */
import type { FieldPath } from './document/places.js';
import { problem } from './document/problem.js';
import { given } from './document/words.js';
import { addColumn, type Draft, type DraftColumn, numbersSpec, textSpec } from './draft.js';
import type { Table, TableColumn } from './table.js';

/** The column whose value on `axis` is `values[digit]`; all of them numbers, or texts, or vectors of one length. */
export function listColumn(
  draft: Draft,
  name: string,
  axis: number,
  values: readonly (number | string | readonly number[])[],
  path: FieldPath,
  placeOf: (row: number) => FieldPath,
): DraftColumn {
  const first = values[0]!;
  const odd = values.findIndex((value) => kindOf(value) !== kindOf(first));
  if (odd >= 0) {
    throw problem(draft.file, placeOf(odd), 'Values of one parameter must be of one kind', {
      expected: `${kindOf(first)}, like the first`,
      given: given(values[odd]),
    });
  }
  if (typeof first === 'string') {
    const texts = values as readonly string[];
    return { spec: textSpec(name), source: { kind: 'list-text', axis, texts }, path };
  }
  if (typeof first !== 'number' && first.length === 0)
    throw problem(draft.file, placeOf(0), 'An empty vector');
  const numbers = Float64Array.from((values as readonly (number | readonly number[])[]).flat());
  const shape = typeof first === 'number' ? [] : [first.length];
  return { spec: numbersSpec(name, shape), source: { kind: 'list', axis, numbers }, path };
}

function kindOf(value: number | string | readonly number[]): string {
  if (typeof value === 'number') return 'a number';
  return typeof value === 'string' ? 'text' : `a vector of ${value.length}`;
}

/** Adds the rows of a table as one axis; columns `x[0]`, `x[1]`, … become one vector `x`. */
export function addTable(draft: Draft, table: Table): void {
  const path = ['table'];
  const axis = draft.axes.push(table.rowCount) - 1;
  for (const [name, parts] of groupVectors(draft, table)) {
    const { index, column } = parts[0]!;
    if (column.kind === 'texts' && index === undefined) {
      addColumn(draft, {
        spec: textSpec(name),
        source: { kind: 'list-text', axis, texts: column.values },
        path,
      });
      continue;
    }
    const elements = parts.map((part) => numbersOf(draft, name, part));
    const numbers = elements.length === 1 ? elements[0]! : interleaved(elements);
    const shape = index === undefined ? [] : [elements.length];
    addColumn(draft, { spec: numbersSpec(name, shape), source: { kind: 'list', axis, numbers }, path });
  }
}

interface Part {
  readonly index: number | undefined;
  readonly column: TableColumn;
}

function groupVectors(draft: Draft, table: Table): ReadonlyMap<string, readonly Part[]> {
  const groups = new Map<string, Part[]>();
  table.names.forEach((header, i) => {
    const [, name, index] = /^(.*?)\[(\d+)\]$/.exec(header) ?? [undefined, header, undefined];
    const group = groups.get(name!) ?? [];
    group.push({ index: index === undefined ? undefined : Number(index), column: table.columns[i]! });
    groups.set(name!, group);
  });
  for (const [name, group] of groups) {
    group.sort((left, right) => (left.index ?? -1) - (right.index ?? -1));
    const isScalar = group.length === 1 && group[0]!.index === undefined;
    if (isScalar || group.every(({ index }, element) => index === element)) continue;
    throw problem(draft.file, ['table'], `The table's columns do not make a vector '${name}'`, {
      expected: `columns ${name}[0] to ${name}[${group.length - 1}]`,
      given: group.map(({ index }) => (index === undefined ? name : `${name}[${index}]`)).join(', '),
    });
  }
  return groups;
}

function numbersOf(draft: Draft, name: string, { index, column }: Part): Float64Array {
  if (column.kind === 'numbers') return column.values;
  throw problem(draft.file, ['table'], `The table's columns do not make a vector '${name}'`, {
    expected: 'columns of numbers',
    given: `${given(column.values[0])} in ${name}[${index}]`,
  });
}

function interleaved(elements: readonly Float64Array[]): Float64Array {
  const width = elements.length;
  const numbers = new Float64Array(elements[0]!.length * width);
  elements.forEach((values, element) => {
    for (let row = 0; row < values.length; row++) numbers[row * width + element] = values[row]!;
  });
  return numbers;
}

/** Adds explicit cases as one axis; every case must give the same parameters. */
export function addCases(
  draft: Draft,
  cases: readonly Readonly<Record<string, number | string | readonly number[]>>[],
): void {
  if (cases.length === 0) {
    throw problem(draft.file, ['cases'], 'An empty list of cases', { expected: 'at least one case' });
  }
  const names = Object.keys(cases[0]!);
  cases.forEach((values, row) => {
    const extra = Object.keys(values).find((name) => !names.includes(name));
    if (extra !== undefined) {
      throw problem(
        draft.file,
        ['cases', row, extra],
        `'${extra}' is not in the first case`,
        {
          expected: `the keys ${names.join(', ')} in every case`,
        },
        'key',
      );
    }
    const missing = names.find((name) => !(name in values));
    if (missing !== undefined) {
      throw problem(draft.file, ['cases', row], `'${missing}' is missing in this case`, {
        expected: `the keys ${names.join(', ')} in every case`,
      });
    }
  });
  if (names.length === 0) throw problem(draft.file, ['cases', 0], 'A case without parameters');
  const axis = draft.axes.push(cases.length) - 1;
  for (const name of names) {
    const values = cases.map((row) => row[name]!);
    addColumn(
      draft,
      listColumn(draft, name, axis, values, ['cases', 0, name], (row) => ['cases', row, name]),
    );
  }
}
