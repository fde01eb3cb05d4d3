import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openResults } from '../../src/results/results.js';
import type { RowBatch } from '../../src/results/row-batch.js';
import { bits, computed, hasFailed, runOf } from './support.js';

/** A permutation of chunks that cover `0 … count - 1`, some of them twice, over one to three sessions. */
const history = fc
  .record({
    sizes: fc.array(fc.integer({ min: 1, max: 17 }), { minLength: 1, maxLength: 12 }),
    seed: fc.infiniteStream(fc.nat(1000)),
    again: fc.nat(3),
    sessions: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ sizes, seed, again, sessions }) => {
    let first = 0;
    const chunks = sizes.map((size): [number, number] => {
      first += size;
      return [first - size, size];
    });
    const random = () => seed.next().value as number;
    const repeated = Array.from({ length: again }, () => chunks[random() % chunks.length]!);
    const keyed = [...chunks, ...repeated].map((chunk) => ({ chunk, key: random() }));
    const order = keyed.sort((a, b) => a.key - b.key).map(({ chunk }) => chunk);
    const cut = Math.ceil(order.length / sessions);
    return {
      count: first,
      sessions: Array.from({ length: sessions }, (_, s) => order.slice(s * cut, (s + 1) * cut)),
    };
  });

test('Every done case is one row, in the order of cases, with its parameters and outputs, whatever the history', async () => {
  await fc.assert(
    fc.asyncProperty(history, fc.integer({ min: 1, max: 20 }), async (shape, rows) => {
      const results = openResults(await runOf(shape));
      expect(results.rowCount).toBe(shape.count);
      const batches = [...results.batches({ rows })];
      expect(batches.slice(0, -1).every(({ count }) => count === rows)).toBe(true);
      let next = 0;
      for (const batch of batches) {
        expectRows(batch, next);
        next += batch.count;
      }
      expect(next).toBe(shape.count);
    }),
    { numRuns: 30 },
  );
});

test('A run that is not finished has rows for what is done, at the right cases', async () => {
  const results = openResults(
    await runOf({
      count: 100,
      sessions: [
        [
          [90, 10],
          [20, 5],
        ],
      ],
    }),
  );
  const [batch, ...more] = [...results.batches()];
  expect(more).toEqual([]);
  expect([...batch!.cases]).toEqual([20, 21, 22, 23, 24, 90, 91, 92, 93, 94, 95, 96, 97, 98, 99]);
  expect(bits(batch!.parameters.x as Float64Array)).toBe(bits([...batch!.cases].map((index) => index / 8)));
  expect(batch!.parameters.label).toEqual([...batch!.cases].map((index) => `c${index}`));
});

test('Only the outputs that are asked for are read', async () => {
  const results = openResults(await runOf({ count: 10, sessions: [[[0, 10]]] }));
  const [batch] = [...results.batches({ outputs: ['misfit'], withParameters: false })];
  expect(Object.keys(batch!.outputs)).toEqual(['misfit']);
  expect(batch!.parameters).toEqual({});
  expect(bits(completedOf(batch!, batch!.outputs.misfit as Float64Array))).toBe(
    bits(completedOf(batch!, computed(0, 10).misfit as Float64Array)),
  );
});

test('A run without a result has no rows', async () => {
  const results = openResults(await runOf({ count: 10, sessions: [[]] }));
  expect(results.rowCount).toBe(0);
  expect([...results.batches()]).toEqual([]);
});

function expectRows(batch: RowBatch, first: number): void {
  const { count, cases, status, failures, outputs, parameters } = batch;
  expect([...cases]).toEqual(Array.from({ length: count }, (_, i) => first + i));
  const expected = computed(first, count);
  expect([...status].map((code) => code !== 0)).toEqual([...cases].map(hasFailed));
  expect([...failures.keys()]).toEqual([...status.keys()].filter((row) => status[row] !== 0));
  for (const [row, failure] of failures) {
    expect(failure.message).toContain(`case ${cases[row]}:`);
    expect(status[row]).toBe(cases[row]! % 2 === 0 ? 2 : 1);
  }
  expect(bits(completedOf(batch, outputs.misfit as Float64Array))).toBe(
    bits(completedOf(batch, expected.misfit as Float64Array)),
  );
  expect(bits(outputs.response as Float64Array)).toBe(bits(expected.response as Float64Array));
  expect(outputs.seed).toEqual(expected.seed);
  expect(outputs.note).toEqual(expected.note);
  expect(outputs.extra).toEqual(expected.extra);
  expect(bits(parameters.x as Float64Array)).toBe(bits([...cases].map((index) => index / 8)));
}

function completedOf({ status }: RowBatch, values: Float64Array): Float64Array {
  return values.filter((_, row) => status[row] === 0);
}
