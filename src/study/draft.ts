/** Columns of a study while `load` collects them. */
import type { ColumnSpec } from '../codec/columns.js';
import type { Source } from './cases/plan.js';
import type { FieldPath, StudyFile } from './document/places.js';
import { problem } from './document/problem.js';
import { constants } from './expression/operations.js';

export interface DraftColumn {
  readonly spec: ColumnSpec;
  readonly source: Source;
  /** Where the study file says it. */
  readonly path: FieldPath;
}

export interface Draft {
  readonly file: StudyFile;
  readonly columns: DraftColumn[];
  /** Extents of the grid's axes, slowest first. */
  readonly axes: number[];
  /** Dimensions of the sample used so far. */
  dimensions: number;
}

/** Columns of the results that are not the study's to name. */
const reserved = new Set(['case', 'status', 'error', ...Object.keys(constants)]);

export function addColumn(draft: Draft, column: DraftColumn): void {
  checkName(draft, column.spec.name, column.path);
  draft.columns.push(column);
}

/** Refuses names that expressions or results could not carry, and names given before. */
export function checkName(draft: Draft, name: string, path: FieldPath): void {
  if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(name)) {
    throw problem(
      draft.file,
      path,
      'Not a name for a parameter',
      { expected: 'letters, digits and _, a letter first', given: `'${name}'` },
      'key',
    );
  }
  if (reserved.has(name)) {
    throw problem(draft.file, path, `The name '${name}' is taken: choose another`, {}, 'key');
  }
  const twin = draft.columns.find(({ spec }) => spec.name === name);
  if (twin) {
    throw problem(
      draft.file,
      path,
      `Parameter '${name}' given twice`,
      {
        hint: `It is given in ${String(twin.path[0])} as well`,
      },
      'key',
    );
  }
}

export function numbersSpec(name: string, shape: readonly number[]): ColumnSpec {
  return { name, dtype: 'float64', shape };
}

export function textSpec(name: string): ColumnSpec {
  return { name, dtype: 'string', shape: [] };
}
