/** Names of cases, and which of them depend on which. */
import type { Columns } from '../codec/columns.js';
import { InputError } from '../errors/input-error.js';
import { type CasePlan, createCaseSpace } from './case-space.js';
import { nearest } from './nearest.js';
import { type Edges, findCycle } from './task-graph.js';
import type { StudyTasks } from './tasks.js';

/** Cases read at once. */
const batch = 4096;

/** `'dimer 3' (case 17)`, or `case 17` where cases have no ids. */
export function caseNames(cases: CasePlan, { id }: StudyTasks): (index: number) => string {
  if (id === undefined) return (index) => `case ${index}`;
  const space = createCaseSpace(cases);
  return (index) => `'${textsOf(space.fill(index, 1), id)[0]}' (case ${index})`;
}

/**
 * What cases `0 … total - 1` depend on. Undefined without dependencies. Throws InputError for an id that two cases have,
 * or none, and for cases that wait for each other; each with the cases.
 */
export function dependencyEdges(
  cases: CasePlan,
  { id, dependsOn }: StudyTasks,
  total: number,
): Edges | undefined {
  if (id === undefined) return undefined;
  const ids = idsOf(cases, id);
  if (dependsOn === undefined) return undefined;
  const offsets = new Uint32Array(total + 1);
  const targets: number[] = [];
  eachText(cases, dependsOn, total, (text, index) => {
    const named = new Set(text.split(/[\s,]+/).filter((word) => word !== ''));
    for (const word of named) targets.push(targetOf(ids, word, index, total));
    offsets[index + 1] = targets.length;
  });
  const edges = { offsets, cases: Uint32Array.from(targets) };
  refuseCycle(edges, caseNames(cases, { id }));
  return edges;
}

/** A file's `depends_on` has blanks and commas between ids, so that an id with one of them cannot be depended upon. */
function idsOf(cases: CasePlan, id: string): ReadonlyMap<string, number> {
  const ids = new Map<string, number>();
  eachText(cases, id, cases.count, (text, index) => {
    const twin = ids.get(text);
    if (twin !== undefined) {
      throw new InputError('Two cases with one id', {
        field: 'tasks.id',
        expected: 'ids that differ',
        given: `'${text}' of case ${twin} and of case ${index}`,
      });
    }
    if (!/^[^\s,]+$/.test(text)) {
      throw new InputError('Not an id', {
        field: 'tasks.id',
        expected: 'text without blanks and commas',
        given: `'${text}' of case ${index}`,
      });
    }
    ids.set(text, index);
  });
  return ids;
}

function targetOf(ids: ReadonlyMap<string, number>, word: string, index: number, total: number): number {
  const target = ids.get(word);
  const field = 'tasks.depends_on';
  if (target === undefined) {
    const near = nearest(word, ids.keys());
    throw new InputError('A case depends on one that does not exist', {
      field,
      expected: 'ids of other cases',
      given: `'${word}', on which case ${index} depends`,
      ...(near !== undefined && { hint: `Did you mean '${near}'?` }),
    });
  }
  if (target >= total) {
    throw new InputError('The limit leaves out a case that another needs', {
      field: '--limit',
      expected: `more than ${target}`,
      given: `${total}: case ${index} depends on case ${target} ('${word}')`,
    });
  }
  return target;
}

/** Ids of a circle that are shown; of a long one the ends. */
const shownIds = 8;

function refuseCycle(edges: Edges, nameOf: (index: number) => string): void {
  const cycle = findCycle(edges);
  if (!cycle) return;
  const names = cycle.map(nameOf);
  const shown =
    names.length > shownIds
      ? [...names.slice(0, shownIds - 2), `… (${names.length - shownIds} more)`, ...names.slice(-2)]
      : names;
  throw new InputError('Cases wait for each other', {
    field: 'tasks.depends_on',
    expected: 'no circle of dependencies',
    given: shown.join(' → '),
  });
}

function eachText(
  cases: CasePlan,
  column: string,
  total: number,
  visit: (text: string, index: number) => void,
): void {
  const space = createCaseSpace(cases);
  for (let first = 0; first < total; first += batch) {
    textsOf(space.fill(first, Math.min(batch, total - first)), column).forEach((text, i) => {
      visit(text, first + i);
    });
  }
}

function textsOf(columns: Columns, column: string): string[] {
  return Array.from(columns[column] as ArrayLike<unknown>, String);
}
