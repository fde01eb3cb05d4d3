/** Cases that are asked for again. */
import { expect, test } from 'vitest';
import { encodeBlock, type Failure } from '../../src/codec/block.js';
import { withdraw } from '../../src/runtime/withdraw.js';
import { indexJournal } from '../../src/store/journal/journal-index.js';
import { openJournal } from '../../src/store/journal/open.js';
import { edgesOf } from '../schedule/tasks/arbitraries.js';
import { temporaryFolder } from '../store/support.js';

const fingerprint = 'cd'.repeat(32);

const failures: Readonly<Record<number, Omit<Failure, 'offset' | 'message'>>> = {
  1: { status: 'failed', type: 'T' },
  2: { status: 'timeout', type: 'Timeout' },
  3: { status: 'cancelled', type: 'DependencyFailed' },
  4: { status: 'cancelled', type: 'DependencyFailed' },
  5: { status: 'cancelled', type: 'DependencyFailed' },
  6: { status: 'failed', type: 'WorkerLost' },
};

/** 3 needs 1, 4 needs 3 and 0, 5 needs 2. */
const dependencies = edgesOf([[], [], [], [1], [3, 0], [2], [], []]);

/** A journal in which case 7 is not done and the others are; what is withdrawn, by its index and by reading it anew. */
async function asked(retry: Parameters<typeof withdraw>[3]) {
  const dir = temporaryFolder();
  const { journal: first } = openJournal(dir, { fingerprint });
  for (let index = 0; index < 7; index++) {
    const failure = failures[index];
    const block = encodeBlock([], {
      ...{ first: index, count: 1, startedMs: 0, elapsedMs: 1, worker: 0, attempt: index === 2 ? 3 : 1 },
      ...{ columns: {}, failures: failure ? [{ ...failure, offset: 0, message: '' }] : [] },
    });
    first.append('results', block);
  }
  await first.close();
  const { journal, index } = openJournal(dir, { fingerprint });
  const told = withdraw(journal, dir, index, retry, dependencies);
  await journal.close();
  const read = indexJournal(dir, fingerprint);
  expect(told.pieces).toEqual(read.pieces);
  expect([...told.done]).toEqual([...read.done]);
  expect(told.tried).toEqual(read.tried);
  return {
    cases: [0, 1, 2, 3, 4, 5, 6].filter((each) => !told.done.has(each)),
    suspects: [...told.suspects].map(({ first: each }) => each),
    tried: told.tried,
  };
}

test.each<[Parameters<typeof withdraw>[3], number[], number[]]>([
  [['failed'], [1, 3, 4, 6], [6]],
  [['timeout'], [2, 5], []],
  [['failed', 'timeout'], [1, 2, 3, 4, 5, 6], [6]],
  [[0], [0], []],
  [[3], [1, 3, 4], []],
  [[4], [1, 3, 4], []],
  [[{ type: 'T' }], [1, 3, 4], []],
  [[{ type: 'DependencyFailed' }, 6], [1, 2, 3, 4, 5, 6], [6]],
  [[7], [], []],
  [[], [], []],
])('of %j are asked for again: %j, of which %j may end a worker', async (retry, cases, suspects) => {
  const found = await asked(retry);
  expect(found.cases).toEqual(cases);
  expect(found.suspects).toEqual(suspects);
});

test('what was tried before counts on, and uses up no retry', async () => {
  const { tried } = await asked([2]);
  expect(tried.get(2)).toEqual({ attempts: 3, forgiven: 3 });
});

test('a type that no failure has is refused, with those that there are', async () => {
  await expect(asked([{ type: 'Tt' }])).rejects.toMatchObject({
    name: 'InputError',
    facts: {
      field: '--retry',
      expected: expect.stringContaining('DependencyFailed, T, Timeout, WorkerLost'),
    },
  });
});
