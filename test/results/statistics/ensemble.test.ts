import { join } from 'node:path';
import { expect, test } from 'vitest';
import { encodeBlock } from '../../../src/codec/block.js';
import { openResults, type Results } from '../../../src/results/results.js';
import { ensembleStatistics } from '../../../src/results/statistics/ensemble.js';
import { openJournal } from '../../../src/store/journal/open.js';
import { openRunDirectory } from '../../../src/store/run-directory.js';
import { fingerprint, studyOf, temporaryFolder } from '../../store/support.js';
import { bits } from '../support.js';

const names = ['mean', 'median', 'p10', 'p90', 'p99.9', 'p0', 'p100', 'min', 'max', 'std'] as const;

test('Percentiles are those of sorting, by the rule of numpy.percentile, and the others those of their definition', async () => {
  const rows = lcgRows(2_001, 3);
  const results = await resultsOf(rows, [[0, 2_001]]);
  for (const kept of [1 << 20, 100, 0]) {
    const [statistics] = ensembleStatistics(results, names, kept);
    for (let e = 0; e < 3; e++) {
      const values = rows.filter((row) => row !== undefined).map((row) => row[e]!);
      const sorted = Float64Array.from(values).sort();
      const get = (name: (typeof names)[number]) => statistics!.values.get(name)![e]!;
      expect(statistics!.count[e]).toBe(values.length);
      expect(get('median')).toBe(percentile(sorted, 50));
      expect(get('p10')).toBe(percentile(sorted, 10));
      expect(get('p90')).toBe(percentile(sorted, 90));
      expect(get('p99.9')).toBe(percentile(sorted, 99.9));
      expect(get('min')).toBe(sorted[0]);
      expect(get('max')).toBe(sorted.at(-1));
      expect(get('p0')).toBe(sorted[0]);
      expect(get('p100')).toBe(sorted.at(-1));
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      expect(get('mean') / mean).toBeCloseTo(1, 12);
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
      expect(get('std') / Math.sqrt(variance)).toBeCloseTo(1, 12);
    }
  }
});

test('Values of numpy.percentile are met', async () => {
  // numpy.percentile([1, 2, 4, 8], [25, 40, 50, 75, 90]) of numpy 2.4, method linear.
  const results = await resultsOf([[8], [1], [4], [2]], [[0, 4]]);
  const [statistics] = ensembleStatistics(results, ['p25', 'p40', 'median', 'p75', 'p90']);
  const values = [...statistics!.values.values()].map(([value]) => value);
  expect(values).toEqual([1.75, 2.4000000000000004, 3, 5, 6.800000000000001]);
});

test('The mean of numbers that cancel keeps its digits', async () => {
  const results = await resultsOf([[1e16], [1], [-1e16], [1]], [[0, 4]]);
  const [statistics] = ensembleStatistics(results, ['mean']);
  expect(statistics!.values.get('mean')![0]).toBe(0.5);
});

test('Statistics have the same bits however the run was cut into chunks', async () => {
  const rows = lcgRows(500, 2);
  const whole = await resultsOf(rows, [[0, 500]]);
  const pieces = await resultsOf(rows, [
    [300, 200],
    [17, 283],
    [0, 17],
  ]);
  const [a, b] = [whole, pieces].map((results) => ensembleStatistics(results, names)[0]!.values);
  for (const name of names) expect(bits(a!.get(name)!)).toBe(bits(b!.get(name)!));
});

test('NaN is left out, and where nothing completed there is no statistic', async () => {
  const results = await resultsOf([[1, Number.NaN], [3, Number.NaN], undefined], [[0, 3]]);
  const [statistics] = ensembleStatistics(results, ['mean', 'median', 'std']);
  expect([...statistics!.count]).toEqual([2, 0]);
  expect([...statistics!.values.get('mean')!]).toEqual([2, Number.NaN]);
  expect([...statistics!.values.get('median')!]).toEqual([2, Number.NaN]);
  expect([...statistics!.values.get('std')!]).toEqual([1, Number.NaN]);
});

/** Numbers over many orders of magnitude, of both signs; every 50th case failed. */
function lcgRows(count: number, size: number): (number[] | undefined)[] {
  let state = 12345;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return Array.from({ length: count }, (_, i) => {
    const row = Array.from({ length: size }, () => 10 ** (random() * 12 - 12) * (random() < 0.2 ? -1 : 1));
    return i % 50 === 7 ? undefined : row;
  });
}

function percentile(sorted: Float64Array, percent: number): number {
  const position = (sorted.length - 1) * (percent / 100);
  const below = Math.floor(position);
  const [a, b] = [sorted[below]!, sorted[Math.min(below + 1, sorted.length - 1)]!];
  const fraction = position - below;
  return fraction >= 0.5 ? b - (b - a) * (1 - fraction) : a + (b - a) * fraction;
}

async function resultsOf(
  rows: readonly (readonly number[] | undefined)[],
  chunks: readonly (readonly [number, number])[],
): Promise<Results> {
  const size = rows.find((row) => row !== undefined)!.length;
  const outputs = [{ name: 'response', dtype: 'float64', shape: [size] }] as const;
  const dir = join(temporaryFolder(), 'run');
  const directory = openRunDirectory(dir, studyOf(rows.length));
  directory.startSession({ name: 'test', version: '1', form: 'typescript', outputs }, {});
  const { journal } = openJournal(directory.paths.journal, { fingerprint });
  for (const [first, count] of chunks) {
    const part = rows.slice(first, first + count);
    const response = Float64Array.from(part.flatMap((row) => row ?? new Array<number>(size).fill(1e300)));
    const failures = part.flatMap((row, offset) =>
      row ? [] : [{ offset, status: 'failed' as const, type: 'Error', message: 'no' }],
    );
    const header = { first, count, startedMs: 0, elapsedMs: 1, worker: 0, attempt: 1 };
    journal.append('results', encodeBlock(outputs, { ...header, columns: { response }, failures }));
  }
  await journal.close();
  directory.close();
  return openResults(dir);
}
