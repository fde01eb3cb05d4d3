import { expect, test } from 'vitest';
import type { Journal } from '../../../src/store/journal/journal.js';
import { indexJournal, type JournalIndex } from '../../../src/store/journal/journal-index.js';
import { openJournal } from '../../../src/store/journal/open.js';
import { encodeAssignments, encodeRanges } from '../../../src/store/journal/records.js';
import { encodeSession } from '../../../src/store/journal/session-record.js';
import { block, fingerprint, joined, temporaryFolder } from '../support.js';

test('The index finds every block of every record by case, with who computed it and when', async () => {
  const { index } = await indexOf((journal) => {
    journal.append('results', joined(block(10, 5), block(0, 10, { worker: 3, attempt: 2, failed: [4] })));
    journal.append('results', block(15, 1));
  });
  expect(placed(index)).toEqual([
    [0, 10, 1],
    [10, 5, 0],
    [15, 1, 2],
  ]);
  expect([...index.done]).toEqual([{ first: 0, count: 16 }]);
  const { blocks } = index;
  expect(blocks.length).toBe(3);
  expect([...blocks.worker.subarray(0, 3)]).toEqual([1, 3, 1]);
  expect([...blocks.attempt.subarray(0, 3)]).toEqual([1, 2, 1]);
  expect(blocks.elapsedMs[1]).toBe(12.5);
  expect(blocks.failureBytes[0]).toBe(0);
  expect(blocks.failureBytes[1]).toBeGreaterThan(0);
  expect(blocks.bytes[0]).toBe(block(10, 5).byteLength);
  expect(blocks.offset[1]).toBe(blocks.offset[0]! + blocks.bytes[0]!);
});

test('Of two results for a case the first one counts, and no case counts twice', async () => {
  const { index } = await indexOf((journal) => {
    journal.append('results', block(4, 4));
    journal.append('results', block(0, 10));
    journal.append('results', block(2, 4));
  });
  expect(placed(index)).toEqual([
    [0, 4, 1],
    [4, 4, 0],
    [8, 2, 1],
  ]);
  expect(index.done.total).toBe(10);
});

test('A result that was withdrawn makes place for the next one, and for nothing when none comes', async () => {
  const { index } = await indexOf((journal) => {
    journal.append('results', block(0, 10, { failed: [3, 7] }));
    journal.append(
      'withdraw',
      encodeRanges([
        { first: 3, count: 1 },
        { first: 7, count: 1 },
      ]),
    );
    journal.append('results', block(3, 1));
  });
  expect(placed(index)).toEqual([
    [0, 3, 0],
    [3, 1, 1],
    [4, 3, 0],
    [8, 2, 0],
  ]);
  expect([...index.done.complement(10)]).toEqual([{ first: 7, count: 1 }]);
});

test('Cases that the last session handed out and did not bring home were in flight', async () => {
  const { index } = await indexOf((journal) => {
    journal.append('session', encodeSession({ event: 'start', at: 'then', facts: { ranks: 4 } }));
    journal.append('assign', encodeAssignments([{ worker: 1, first: 90, count: 10 }]));
    journal.append('results', block(30, 1));
    journal.append('session', encodeSession({ event: 'end', at: 'then', state: 'interrupted' }));
    journal.append('session', encodeSession({ event: 'start', at: 'now', facts: { ranks: 2 } }));
    journal.append('session', encodeSession({ event: 'join', hosts: [[1, 'node7']] }));
    journal.append(
      'assign',
      encodeAssignments([
        { worker: 1, first: 0, count: 10 },
        { worker: 2, first: 10, count: 10 },
      ]),
    );
    journal.append('results', block(0, 10));
    journal.append('results', block(12, 3));
  });
  expect([...index.inFlight]).toEqual([
    { first: 10, count: 2 },
    { first: 15, count: 5 },
  ]);
  expect(index.sessions.map(({ start }) => start.facts)).toEqual([{ ranks: 4 }, { ranks: 2 }]);
  expect([...index.blocks.session.subarray(0, 3)]).toEqual([0, 1, 1]);
  expect(index.sessions[1]!.hosts.get(1)).toBe('node7');
});

test('Opening a journal shows the same index as reading it', async () => {
  const { dir, index } = await indexOf((journal) => {
    for (let i = 99; i >= 0; i--) journal.append('results', block(i * 3, 3));
  });
  const { journal, index: opened } = openJournal(dir, { fingerprint });
  await journal.close();
  expect(placed(opened)).toEqual(placed(index));
  expect(placed(index)).toHaveLength(100);
  expect([...opened.done]).toEqual([{ first: 0, count: 300 }]);
});

test('A journal that does not exist holds nothing', () => {
  const index = indexJournal('/nowhere/at/all', fingerprint);
  expect(index.done.total).toBe(0);
  expect(index.pieces).toEqual([]);
});

async function indexOf(fill: (journal: Journal) => void): Promise<{ dir: string; index: JournalIndex }> {
  const dir = temporaryFolder();
  const { journal } = openJournal(dir, { fingerprint });
  fill(journal);
  await journal.close();
  return { dir, index: indexJournal(dir, fingerprint) };
}

function placed(index: JournalIndex): [number, number, number][] {
  return index.pieces.map(({ first, count, block }) => [first, count, block]);
}
