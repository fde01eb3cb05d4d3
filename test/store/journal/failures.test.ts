import fc from 'fast-check';
import { expect, test } from 'vitest';
import { failedCases } from '../../../src/store/journal/failures.js';
import type { Journal } from '../../../src/store/journal/journal.js';
import { indexJournal } from '../../../src/store/journal/journal-index.js';
import { openJournal } from '../../../src/store/journal/open.js';
import { encodeRanges } from '../../../src/store/journal/records.js';
import { block, fingerprint, joined, temporaryFolder } from '../support.js';

/** Failed cases of a journal with these records. */
async function failuresOf(write: (journal: Journal) => void, segmentBytes = 1 << 20) {
  const dir = temporaryFolder();
  const { journal } = openJournal(dir, { fingerprint, segmentBytes, groupBytes: 64 });
  write(journal);
  await journal.close();
  return [...failedCases(dir, indexJournal(dir, fingerprint))];
}

test('Failed cases come in the order of cases, with status, type, message and attempt', async () => {
  const failures = await failuresOf((journal) => {
    journal.append('results', joined(block(10, 5, { failed: [14, 11] }), block(0, 5)));
    journal.append('results', block(5, 5, { failed: [5], status: 'timeout', attempt: 3 }));
  });
  expect(failures.map(({ index }) => index)).toEqual([5, 11, 14]);
  expect(failures[0]).toEqual({
    index: 5,
    attempt: 3,
    block: 2,
    status: 'timeout',
    type: 'InvalidModel',
    message: 'case 5 has no solution',
  });
  expect(failures[1]).toMatchObject({ attempt: 1, status: 'failed', message: 'case 11 has no solution' });
});

test('A journal without failures has none', async () => {
  expect(await failuresOf((journal) => journal.append('results', block(0, 100)))).toEqual([]);
  expect(await failuresOf(() => undefined)).toEqual([]);
});

test('A case that was tried again counts by its new result alone', async () => {
  const failures = await failuresOf((journal) => {
    journal.append('results', block(0, 10, { failed: [3, 7] }));
    journal.append(
      'withdraw',
      encodeRanges([
        { first: 3, count: 1 },
        { first: 7, count: 1 },
      ]),
    );
    journal.append('results', block(3, 1, { attempt: 2 }));
    journal.append('results', block(7, 1, { attempt: 2, failed: [7] }));
  });
  expect(failures).toMatchObject([{ index: 7, attempt: 2 }]);
});

test('A failure in a block that came second for its case is not counted', async () => {
  const failures = await failuresOf((journal) => {
    journal.append('results', block(0, 5));
    journal.append('results', block(3, 4, { failed: [4, 6] }));
  });
  expect(failures.map(({ index }) => index)).toEqual([6]);
});

test('Whatever the blocks, segments and order, the failed cases are those that failed', async () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(sizes, fc.infiniteStream(fc.boolean()), fc.nat(), async (counts, fails, seed) => {
      let first = 0;
      const expected: number[] = [];
      const blocks = counts.map((count) => {
        const failed = Array.from({ length: count }, (_, i) => first + i).filter(() => fails.next().value);
        expected.push(...failed);
        first += count;
        return block(first - count, count, { failed });
      });
      const order = blocks.map((bytes, i) => [((i + 1) * (seed + 7919)) % 101, bytes] as const);
      order.sort(([a], [b]) => a - b);
      const failures = await failuresOf((journal) => {
        for (const [, bytes] of order) journal.append('results', bytes);
      }, 512);
      expect(failures.map(({ index }) => index)).toEqual(expected);
    }),
    { numRuns: 25 },
  );
});
