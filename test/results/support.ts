import { join } from 'node:path';
import { encodeBlock, type Failure } from '../../src/codec/block.js';
import { allocateColumns, type ColumnSpec, type Columns } from '../../src/codec/columns.js';
import { openJournal } from '../../src/store/journal/open.js';
import { encodeSession } from '../../src/store/journal/session-record.js';
import { openRunDirectory } from '../../src/store/run-directory.js';
import type { CasePlanDetail } from '../../src/study/cases/plan.js';
import { studyOf, temporaryFolder } from '../store/support.js';

/** Outputs of every kind that a table can hold. */
export const outputs: readonly ColumnSpec[] = [
  { name: 'response', dtype: 'float64', shape: [3], unit: 'T/(A m2)' },
  { name: 'misfit', dtype: 'float64', shape: [] },
  { name: 'gradient', dtype: 'float32', shape: [2, 2] },
  { name: 'steps', dtype: 'int32', shape: [] },
  { name: 'seed', dtype: 'int64', shape: [] },
  { name: 'converged', dtype: 'bool', shape: [] },
  { name: 'note', dtype: 'string', shape: [] },
  { name: 'extra', dtype: 'json', shape: [] },
];

/** Numbers whose bits get lost first. */
export const awkward = [
  0.1,
  -0,
  0,
  5e-324,
  1.7976931348623157e308,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  1 / 3,
  -1e-19,
];

const notes = ['plain', 'with, comma', 'with "quotes"', 'two\nlines', 'Ωm – ünïcode', ''];

/** Outputs of cases, the same whatever chunk they are computed in. */
export function computed(first: number, count: number): Columns {
  const columns = allocateColumns(outputs, count);
  for (let i = 0; i < count; i++) {
    const index = first + i;
    const at = (offset: number) => awkward[(index + offset) % awkward.length]!;
    for (let k = 0; k < 3; k++) (columns.response as Float64Array)[i * 3 + k] = at(k) * (k + 1);
    (columns.misfit as Float64Array)[i] = at(7);
    for (let k = 0; k < 4; k++) (columns.gradient as Float32Array)[i * 4 + k] = index + k / 3;
    (columns.steps as Int32Array)[i] = -index;
    (columns.seed as BigInt64Array)[i] = BigInt(index) * 2n ** 40n - 1n;
    (columns.converged as Uint8Array)[i] = index % 2;
    (columns.note as string[])[i] = notes[index % notes.length]!;
    (columns.extra as unknown[])[i] = index % 3 === 0 ? null : { index, list: [1.5, 'two'] };
  }
  return columns;
}

export function hasFailed(index: number): boolean {
  return index % 7 === 3;
}

export function failuresIn(first: number, count: number): Failure[] {
  return Array.from({ length: count }, (_, offset) => offset)
    .filter((offset) => hasFailed(first + offset))
    .map((offset) => ({
      offset,
      status: (first + offset) % 2 === 0 ? 'timeout' : 'failed',
      type: 'InvalidModel',
      message: `case ${first + offset}: "no", said the solver`,
      traceback: 'at solve',
    }));
}

/** Cases with a grid parameter, a vector and a text, `x` being the case's number over 8. */
export function planOf(count: number): CasePlanDetail {
  return {
    count,
    columns: [
      { name: 'x', dtype: 'float64', shape: [], unit: 'm' },
      { name: 'depths', dtype: 'float64', shape: [2] },
      { name: 'label', dtype: 'string', shape: [] },
    ],
    axes: [count],
    sample: null,
    sources: [
      { kind: 'list', axis: 0, numbers: Float64Array.from({ length: count }, (_, i) => i / 8) },
      { kind: 'constant', numbers: Float64Array.of(1, -0) },
      { kind: 'list-text', axis: 0, texts: Array.from({ length: count }, (_, i) => `c${i}`) },
    ],
    derived: [],
  };
}

export interface RunShape {
  /** Cases of the study. */
  readonly count: number;
  /** Chunks in the order in which they came back, an array a session. */
  readonly sessions: readonly (readonly (readonly [first: number, count: number])[])[];
  /** Puts garbage where a failed case has left its outputs. */
  readonly garbage?: number;
}

/** A run directory with a journal as a run of this shape leaves it. */
export async function runOf({ count, sessions, garbage = 0 }: RunShape): Promise<string> {
  const dir = join(temporaryFolder(), 'run');
  const study = studyOf(count, { cases: planOf(count) });
  for (const [s, chunks] of sessions.entries()) {
    const directory = openRunDirectory(dir, study);
    const { journal } = openJournal(directory.paths.journal, { fingerprint: study.fingerprint });
    directory.startSession({ name: 'test', version: '1', form: 'typescript', outputs }, {});
    journal.append('session', encodeSession({ event: 'start', at: '2026-01-01T00:00:00Z', facts: {} }));
    journal.append('session', encodeSession({ event: 'join', hosts: [[1, `node${s}`]] }));
    for (const [first, size] of chunks) {
      const columns = computed(first, size);
      const failures = failuresIn(first, size);
      for (const { offset } of failures) (columns.misfit as Float64Array)[offset] = garbage;
      const header = {
        first,
        count: size,
        startedMs: 1_700_000_000_000 + s,
        elapsedMs: 2.5,
        worker: 1,
        attempt: 1,
      };
      journal.append('results', encodeBlock(outputs, { ...header, columns, failures }));
    }
    await journal.close();
    directory.endSession('completed');
    directory.close();
  }
  return dir;
}

/** Bits of numbers, so that NaN equals itself and the zeros differ. */
export function bits(values: ArrayLike<number>): string {
  return Buffer.from(Float64Array.from(values).buffer).toString('hex');
}
