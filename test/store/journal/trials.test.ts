/** What a journal says of cases that have no result yet. */
import { describe, expect, test } from 'vitest';
import { encodeBlock, type Failure } from '../../../src/codec/block.js';
import type { RangeSet } from '../../../src/schedule/ranges.js';
import type { Journal } from '../../../src/store/journal/journal.js';
import { indexJournal, type JournalIndex } from '../../../src/store/journal/journal-index.js';
import { openJournal } from '../../../src/store/journal/open.js';
import {
  encodeAssignments,
  encodeCrash,
  encodeRanges,
  encodeRetries,
} from '../../../src/store/journal/records.js';
import { encodeSession } from '../../../src/store/journal/session-record.js';
import { temporaryFolder } from '../support.js';

const fingerprint = 'ab'.repeat(32);

/** Records of a session, in the words of what happens in it. */
class Story {
  readonly #journal: Journal;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  start(): void {
    this.#journal.append('session', encodeSession({ event: 'start', at: 'then', facts: {} }));
  }

  end(): void {
    this.#journal.append('session', encodeSession({ event: 'end', at: 'then', state: 'interrupted' }));
  }

  assign(worker: number, first: number, count = 1, isAlone = false): void {
    const assignment = { worker, first, count, ...(isAlone && { isAlone: true as const }) };
    this.#journal.append('assign', encodeAssignments([assignment]));
  }

  return(worker: number, first: number, count = 1, attempt = 1): void {
    this.#journal.append('results', blockOf(worker, first, count, attempt));
  }

  retry(worker: number, first: number, count: number, again: readonly number[], attempt = 1): void {
    this.#journal.append('retry', encodeRetries(again, blockOf(worker, first, count, attempt)));
  }

  lose(worker: number): void {
    this.#journal.append('session', encodeSession({ event: 'lost', at: 'then', worker, how: 'died' }));
  }

  fail(first: number, attempt: number, type: string, memoryBytes: number, isTriedAgain = true): void {
    const message = `${type} and OutOfMemory`;
    const failure = { offset: 0, status: 'failed', type, message, memoryBytes } as const;
    const block = blockOf(0, first, 1, attempt, [failure]);
    if (isTriedAgain) this.#journal.append('retry', encodeRetries([first], block));
    else this.#journal.append('results', block);
  }

  crash(index: number, deaths: number): void {
    this.#journal.append('crash', encodeCrash(index, deaths));
  }

  withdraw(first: number): void {
    this.#journal.append('withdraw', encodeRanges([{ first, count: 1 }]));
  }
}

function blockOf(
  worker: number,
  first: number,
  count: number,
  attempt: number,
  failures: readonly Failure[] = [],
): Uint8Array {
  const header = { first, count, startedMs: 0, elapsedMs: 1, worker, attempt };
  return encodeBlock([], { ...header, columns: {}, failures });
}

async function indexOf(tell: (story: Story) => void): Promise<JournalIndex> {
  const dir = temporaryFolder();
  const { journal } = openJournal(dir, { fingerprint });
  tell(new Story(journal));
  await journal.close();
  return indexJournal(dir, fingerprint);
}

const casesIn = (set: RangeSet): number[] =>
  [...set].flatMap(({ first, count }) => Array.from({ length: count }, (_, i) => first + i));

describe('attempts', () => {
  test('that another follows leave no result, and what came with them counts', async () => {
    const index = await indexOf((story) => {
      story.start();
      story.assign(1, 0, 4);
      story.retry(1, 0, 4, [1, 3]);
      story.assign(1, 1);
      story.retry(1, 1, 1, [1], 2);
      story.assign(2, 3);
      story.return(2, 3, 1, 2);
    });
    expect(casesIn(index.done)).toEqual([0, 2, 3]);
    expect(index.pieces.map(({ first, count, block }) => [first, count, block])).toEqual([
      [0, 1, 0],
      [2, 1, 0],
      [3, 1, 2],
    ]);
    expect(index.tried).toEqual(new Map([[1, { attempts: 2, forgiven: 0 }]]));
    expect(casesIn(index.inFlight)).toEqual([]);
  });

  test('before a case was asked for again are forgiven', async () => {
    const index = await indexOf((story) => {
      story.start();
      story.assign(0, 5);
      story.retry(0, 5, 1, [5]);
      story.return(0, 5, 1, 2);
      story.end();
      story.withdraw(5);
      story.start();
      story.assign(0, 5);
      story.retry(0, 5, 1, [5], 3);
    });
    expect(index.tried).toEqual(new Map([[5, { attempts: 3, forgiven: 2 }]]));
    expect(index.done.total).toBe(0);
  });
});

test('How much cases ran out of is known, also of one that has its row and is asked for again', async () => {
  const index = await indexOf((story) => {
    story.start();
    story.fail(1, 1, 'OutOfMemory', 100);
    story.fail(2, 1, 'OutOfMemory', 200);
    story.fail(2, 2, 'OutOfMemory', 300, false);
    story.fail(3, 1, 'TypeError', 400);
    story.return(0, 4);
    story.withdraw(2);
  });
  expect(index.shortages).toEqual(
    new Map([
      [1, 100],
      [2, 300],
    ]),
  );
  expect(index.tried.get(2)).toEqual({ attempts: 2, forgiven: 2 });
});

describe('suspects', () => {
  test('are what workers were computing when a session broke off', async () => {
    const index = await indexOf((story) => {
      story.start();
      story.assign(0, 0, 3);
      story.assign(1, 3, 3);
      story.assign(2, 6, 3);
      story.return(1, 3, 2);
      story.lose(2);
      story.assign(1, 7, 2);
    });
    expect(casesIn(index.suspects)).toEqual([0, 1, 2, 5, 7, 8]);
    expect(index.culprit).toBeUndefined();
  });

  test('are none when the session ended well, though cases were cut', async () => {
    const index = await indexOf((story) => {
      story.start();
      story.assign(0, 0, 3);
      story.end();
    });
    expect(index.suspects.total).toBe(0);
    expect(casesIn(index.inFlight)).toEqual([0, 1, 2]);
  });

  test('stay suspects until they have a result, through sessions that break off before they come to them', async () => {
    const index = await indexOf((story) => {
      story.start();
      story.assign(0, 0, 3);
      story.start();
      story.start();
      story.assign(1, 1, 1, true);
      story.return(1, 1);
    });
    expect(casesIn(index.suspects)).toEqual([0, 2]);
  });

  test('of a range of millions are few at first, and more with each session that breaks off', async () => {
    const sizes: number[] = [];
    for (const sessions of [1, 2, 3]) {
      const index = await indexOf((story) => {
        for (let i = 0; i < sessions; i++) {
          story.start();
          story.assign(0, 0, 2_000_000);
          story.return(0, 0, 1000);
        }
      });
      sizes.push(index.suspects.total);
      expect(index.inFlight.total).toBe(1_999_000);
    }
    // The last is all that a worker can have in hand whose largest block had 1000 cases.
    expect(sizes).toEqual([1024, 32_768, 33_280]);
  });
});

describe('a culprit', () => {
  test('is what was computed alone, and nothing beside it, when the session broke off', async () => {
    const index = await indexOf((story) => {
      story.start();
      story.assign(0, 0, 2);
      story.start();
      story.assign(1, 0, 1, true);
      story.return(1, 0);
      story.assign(1, 1, 1, true);
      story.crash(1, 2);
    });
    expect(index.culprit).toEqual({ first: 1, count: 1 });
    expect(index.crashes).toEqual(new Map([[1, 2]]));
  });

  test.each<[string, (story: Story) => void]>([
    ['others were computed beside it', (story) => story.assign(2, 8)],
    ['its worker was lost before', (story) => story.lose(1)],
    ['the session ended well', (story) => story.end()],
  ])('is nobody when %s', async (_, more) => {
    const index = await indexOf((story) => {
      story.start();
      story.assign(1, 1, 1, true);
      more(story);
    });
    expect(index.culprit).toBeUndefined();
  });

  test('that has its result, or is asked for again, has killed nobody', async () => {
    const index = await indexOf((story) => {
      story.start();
      story.crash(1, 2);
      story.crash(2, 1);
      story.return(0, 1);
      story.return(0, 2);
      story.end();
      story.withdraw(2);
    });
    expect(index.crashes).toEqual(new Map());
  });
});
