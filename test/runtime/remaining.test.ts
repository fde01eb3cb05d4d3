import { describe, expect, test } from 'vitest';
import { remainingOf } from '../../src/runtime/remaining.js';
import { RangeSet } from '../../src/schedule/ranges.js';
import type { JournalIndex } from '../../src/store/journal/journal-index.js';

type Cases = readonly (readonly [first: number, count: number])[];

function setOf(cases: Cases): RangeSet {
  const set = new RangeSet();
  for (const [first, count] of cases) set.add(first, count);
  return set;
}

interface Known {
  readonly done?: Cases;
  readonly suspects?: Cases;
  readonly tried?: readonly number[];
  readonly culprit?: { readonly first: number; readonly count: number };
}

function indexOf({ done = [], suspects = [], tried = [], culprit }: Known): JournalIndex {
  return {
    ...{ done: setOf(done), suspects: setOf(suspects), culprit, crashes: new Map() },
    tried: new Map(tried.map((index) => [index, { attempts: 1, forgiven: 0 }])),
  } as unknown as JournalIndex;
}

const pairs = (ranges: readonly { first: number; count: number }[]) =>
  ranges.map(({ first, count }) => [first, count]);

describe('what is left of a run', () => {
  test('is what has no result, cut around cases that were tried before', () => {
    const { ranges, count, past } = remainingOf(indexOf({ done: [[2, 3]], tried: [1, 6, 7] }), 10);
    expect(pairs(ranges)).toEqual([
      [0, 1],
      [1, 1],
      [5, 1],
      [6, 1],
      [7, 1],
      [8, 2],
    ]);
    expect(count).toBe(7);
    expect(past.suspects).toEqual([]);
  });

  test('has suspects apart, the culprit last, and those that have their result by now no longer', () => {
    const culprit = { first: 4, count: 1 };
    const known = { done: [[8, 1]], suspects: [[4, 6]], tried: [6], culprit } as const;
    const { ranges, count, past } = remainingOf(indexOf(known), 12);
    expect(pairs(ranges)).toEqual([
      [0, 4],
      [10, 2],
    ]);
    expect(pairs(past.suspects)).toEqual([
      [5, 1],
      [6, 1],
      [7, 1],
      [9, 1],
      [4, 1],
    ]);
    expect(past.culprit).toEqual(culprit);
    expect(count).toBe(11);
  });

  test('ends at the limit', () => {
    const culprit = { first: 7, count: 1 };
    const { ranges, past, count } = remainingOf(indexOf({ suspects: [[2, 6]], culprit }), 4);
    expect(pairs(ranges)).toEqual([[0, 2]]);
    expect(pairs(past.suspects)).toEqual([[2, 2]]);
    expect(past.culprit).toBeUndefined();
    expect(count).toBe(4);
  });
});
