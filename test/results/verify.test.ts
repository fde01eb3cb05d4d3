import { expect, test } from 'vitest';
import type { Columns } from '../../src/codec/columns.js';
import { openResults } from '../../src/results/results.js';
import { differences, type Recomputed } from '../../src/results/verify.js';
import { computed, failuresIn, outputs, runOf } from './support.js';

test('Cases computed again are the same, and single cases can be picked out of a run', async () => {
  const results = openResults(
    await runOf({
      count: 100,
      sessions: [
        [
          [50, 50],
          [0, 40],
        ],
      ],
    }),
  );
  const picked = results.pick([99, 3, 45, 12, 12]);
  expect([...picked.cases]).toEqual([3, 12, 99]);
  expect(picked.parameters.label).toEqual(['c3', 'c12', 'c99']);
  expect(differences(outputs, results.pick([12, 13, 14]), again(12, 3))).toEqual([]);
  expect(results.pick([45]).count).toBe(0);
});

test.each<[string, (columns: Columns) => void]>([
  ['response', ({ response }) => flipLastBit(response as Float64Array, 5)],
  ['misfit', ({ misfit }) => put(misfit, 0)],
  ['gradient', ({ gradient }) => flipLastBit(gradient as Float32Array, 4)],
  ['seed', ({ seed }) => put(seed, 7n)],
  ['note', ({ note }) => put(note, 'other')],
  ['extra', ({ extra }) => put(extra, 1)],
])('A change of one bit in %s is found, at its case', async (name, change) => {
  const results = openResults(await runOf({ count: 20, sessions: [[[0, 20]]] }));
  const other = again(10, 2);
  // Zero and minus zero are equal numbers with different bits.
  const kept = results.pick([10, 11]);
  put(kept.outputs.misfit, -0);
  put(other.outputs.misfit, -0);
  expect(differences(outputs, kept, other)).toEqual([]);
  change(other.outputs);
  expect(differences(outputs, kept, other)).toEqual([{ case: 11, output: name }]);
});

test('A case that failed must fail again, and in the same way', async () => {
  const results = openResults(await runOf({ count: 20, sessions: [[[0, 20]]] }));
  const kept = results.pick([10, 11]);
  const { outputs: columns, failures } = again(10, 2);
  expect([...failures.keys()]).toEqual([0]);
  expect(differences(outputs, kept, { outputs: columns, failures: new Map() })).toEqual([{ case: 10 }]);
  const otherwise = new Map([[0, { ...failures.get(0)!, message: 'something else' }]]);
  expect(differences(outputs, kept, { outputs: columns, failures: otherwise })).toEqual([{ case: 10 }]);
  const both = new Map([...failures, [1, failures.get(0)!]]);
  expect(differences(outputs, kept, { outputs: columns, failures: both })).toEqual([{ case: 11 }]);
});

function again(first: number, count: number): Recomputed {
  return {
    outputs: computed(first, count),
    failures: new Map(failuresIn(first, count).map((failure) => [failure.offset, failure])),
  };
}

/** Changes the value of the second row. */
function put(column: unknown, value: unknown): void {
  (column as unknown[])[1] = value;
}

function flipLastBit(values: Float64Array | Float32Array, at: number): void {
  const bytes = new Uint8Array(values.buffer, at * values.BYTES_PER_ELEMENT, 1);
  bytes[0]! ^= 1;
}
