import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { executionStatistics } from '../../../src/results/execution/statistics.js';
import { tally } from '../../../src/runtime/progress/tally.js';
import { RangeSet } from '../../../src/schedule/ranges.js';
import { BlockList } from '../../../src/store/journal/block-list.js';
import type { JournalIndex } from '../../../src/store/journal/journal-index.js';
import { epochMs, journalOf, type MadeBlock, timeAt } from './support.js';

const counts = { total: 10, completed: 10, failed: 0, timeout: 0, cancelled: 0, timeouts: 0 };

/** Two ranks: one computes from 1 s to 9 s, the other from 2 s to 4 s and from 5 s to 10 s, where the session ends. */
const twoRanks = {
  ...{ ms: 0, endMs: 10_000, ranks: 2, hosts: ['a', 'b'] },
  blocks: [
    { worker: 1, first: 0, count: 4, ms: 2_000, forMs: 2_000 },
    { worker: 0, first: 4, count: 1, ms: 1_000, forMs: 8_000 },
    { worker: 1, first: 5, count: 5, ms: 5_000, forMs: 5_000 },
  ],
};

test('a session has the times of its tasks, its speed-up, and where the time of its ranks went', async () => {
  const { index } = await journalOf([twoRanks]);
  expect(executionStatistics(index, counts)).toEqual({
    totalTasks: 10,
    successful: 10,
    failed: 0,
    timeout: 0,
    cancelled: 0,
    retries: 0,
    timeouts: 0,
    totalTimeMs: 10_000,
    taskTimeMs: 15_000,
    avgTaskTimeMs: 1_500,
    minTaskTimeMs: 500,
    maxTaskTimeMs: 8_000,
    speedup: 1.5,
    utilisation: 0.75,
    overhead: { totalMs: 5_000, startMs: 3_000, betweenMs: 1_000, endMs: 1_000 },
    ranks: [
      { session: 0, worker: 0, host: 'a', cases: 1, busyMs: 8_000, utilisation: 0.8 },
      { session: 0, worker: 1, host: 'b', cases: 9, busyMs: 7_000, utilisation: 0.7 },
    ],
  });
});

test('sessions add up, a killed one lasts until the last thing known of it, and each can be asked for', async () => {
  const killed = {
    ...{ ms: 100_000, ranks: 1, hosts: ['c'] },
    blocks: [{ worker: 0, first: 10, ms: 101_000, forMs: 3_000 }],
    events: [{ event: 'notice', at: timeAt(103_000), message: 'hm' }] as const,
  };
  const { index } = await journalOf([twoRanks, killed]);
  const whole = executionStatistics(index, counts);
  expect(whole).toMatchObject({ totalTimeMs: 14_000, taskTimeMs: 18_000, utilisation: 18 / 24 });
  expect(whole.ranks.map(({ session, host }) => [session, host])).toEqual([
    [0, 'a'],
    [0, 'b'],
    [1, 'c'],
  ]);
  expect(executionStatistics(index, counts, 1)).toMatchObject({
    ...{ totalTimeMs: 4_000, taskTimeMs: 3_000, speedup: 0.75, utilisation: 0.75 },
    ranks: [{ session: 1, worker: 0, cases: 1 }],
  });
});

test('attempts beyond the first count as retries, and results that were replaced as time of ranks alone', async () => {
  const again = {
    ...{ ms: 20_000, endMs: 22_000, ranks: 1, hosts: ['a'] },
    blocks: [
      { worker: 0, first: 4, ms: 20_000, forMs: 1_000, attempt: 3 },
      { worker: 0, first: 10, ms: 21_000, forMs: 1_000 },
    ],
  };
  const { index } = await journalOf([twoRanks, again]);
  // Case 4 had its result in the first session, which stands: what a later one returns is not counted.
  expect(executionStatistics(index, counts)).toMatchObject({ retries: 0, taskTimeMs: 16_000 });
  expect(executionStatistics(index, counts, 1)).toMatchObject({
    taskTimeMs: 1_000,
    utilisation: 1,
    retries: 1,
  });
  const { index: alone } = await journalOf([again]);
  expect(executionStatistics(alone, counts).retries).toBe(2);
});

test('the time of a worker that joined later counts from its first case to its last', async () => {
  const { index } = await journalOf([
    {
      ...{ ms: 0, endMs: 10_000, ranks: 1, hosts: ['a'] },
      blocks: [
        { worker: 1_000_000, first: 0, ms: 6_000, forMs: 2_000 },
        { worker: 0, first: 1, ms: 0, forMs: 10_000 },
        { worker: 1_000_000, first: 2, ms: 9_000, forMs: 1_000 },
      ],
    },
  ]);
  expect(executionStatistics(index, counts).utilisation).toBeCloseTo(13 / 14, 9);
});

test('rows of cases that were never computed are no retries, and nobody’s work', async () => {
  const failures = [{ offset: 0, status: 'cancelled', type: 'DependencyFailed', message: 'm' } as const];
  const { index } = await journalOf([
    {
      ...{ ms: 0, endMs: 4_000, ranks: 2, hosts: ['a', 'a'] },
      blocks: [
        { worker: 1, first: 0, ms: 0, forMs: 2_000, attempt: 2 },
        { worker: 0, first: 1, ms: 2_000, forMs: 0, attempt: 0, failures },
      ],
    },
  ]);
  expect(executionStatistics(index, { ...counts, cancelled: 1 })).toMatchObject({
    ...{ retries: 1, avgTaskTimeMs: 2_000 },
    ranks: [{ worker: 1, cases: 1 }],
  });
});

test('a rank that computes several cases at once is busy once', async () => {
  const { index } = await journalOf([
    {
      ...{ ms: 0, endMs: 4_000, ranks: 1, hosts: ['a'] },
      blocks: [
        { worker: 0, first: 0, ms: 0, forMs: 2_000 },
        { worker: 0, first: 1, ms: 500, forMs: 2_500 },
      ],
    },
  ]);
  expect(executionStatistics(index, counts)).toMatchObject({ utilisation: 0.75, taskTimeMs: 4_500 });
});

test('a run without a result has statistics too', async () => {
  const none = await journalOf([]);
  const started = await journalOf([{ ms: 0, endMs: 1000, ranks: 2, hosts: [], blocks: [] }]);
  for (const { index } of [none, started]) {
    const statistics = executionStatistics(index, { ...counts, completed: 0 });
    expect(statistics).toMatchObject({ speedup: 0, utilisation: 0, minTaskTimeMs: 0, maxTaskTimeMs: 0 });
    expect(
      Object.values(statistics).every((value) => typeof value !== 'number' || Number.isFinite(value)),
    ).toBe(true);
  }
});

test('whatever ranks did, parts of their time are not negative and add up', async () => {
  const block = fc.record({
    worker: fc.nat(3),
    first: fc.nat(50),
    count: fc.integer({ min: 1, max: 4 }),
    ms: fc.nat(10_000),
    forMs: fc.nat(3_000),
  }) satisfies fc.Arbitrary<MadeBlock>;
  await fc.assert(
    fc.asyncProperty(fc.array(block, { maxLength: 30 }), fc.boolean(), async (blocks, isKilled) => {
      const end = isKilled ? {} : { endMs: 13_000 };
      const { index } = await journalOf([{ ms: 0, ...end, ranks: 4, hosts: ['a', 'a', 'b', 'b'], blocks }]);
      const { overhead, utilisation, ranks, totalTimeMs } = executionStatistics(index, counts);
      const busyMs = ranks.reduce((sum, rank) => sum + rank.busyMs, 0);
      expect(overhead.totalMs + busyMs).toBeCloseTo(4 * totalTimeMs, 3);
      expect(overhead.startMs + overhead.betweenMs + overhead.endMs).toBeCloseTo(overhead.totalMs, 3);
      for (const part of Object.values(overhead)) expect(part).toBeGreaterThanOrEqual(0);
      expect(utilisation).toBeLessThanOrEqual(1);
    }),
    { numRuns: 30 },
  );
});

describe('a tally', () => {
  test('counts by status, of the run and of each session', async () => {
    const failure = (status: 'failed' | 'timeout' | 'cancelled') => [
      { offset: 0, status, type: 'T', message: 'm' },
    ];
    const { dir, index } = await journalOf([
      {
        ...{ ms: 0, endMs: 1000, ranks: 1, hosts: ['a'] },
        blocks: [
          { worker: 0, first: 0, count: 3, ms: 0, forMs: 1, failures: failure('timeout') },
          { worker: 0, first: 3, ms: 1, forMs: 1, failures: failure('failed') },
        ],
      },
      {
        ...{ ms: 2000, endMs: 3000, ranks: 1, hosts: ['a'] },
        blocks: [{ worker: 0, first: 5, count: 2, ms: 2000, forMs: 1, failures: failure('cancelled') }],
      },
    ]);
    const { counts: all, countsOf } = tally(dir, index, 10);
    expect(all).toEqual({ total: 10, completed: 3, failed: 1, timeout: 1, cancelled: 1, timeouts: 1 });
    expect(countsOf(0)).toEqual({ total: 4, completed: 2, failed: 1, timeout: 1, cancelled: 0, timeouts: 1 });
    expect(countsOf(1)).toEqual({ total: 2, completed: 1, failed: 0, timeout: 0, cancelled: 1, timeouts: 0 });
  });

  test('counts timeouts that another attempt followed apart from cases that ended with one', async () => {
    const timeout = [{ offset: 0, status: 'timeout', type: 'Timeout', message: 'm' } as const];
    const { dir, index } = await journalOf([
      {
        ...{ ms: 0, endMs: 1000, ranks: 1, hosts: ['a'] },
        blocks: [
          { worker: 0, first: 0, ms: 0, forMs: 1, failures: timeout, isTriedAgain: true },
          { worker: 0, first: 0, ms: 2, forMs: 1, attempt: 2 },
          { worker: 0, first: 1, ms: 3, forMs: 1, failures: timeout },
        ],
      },
    ]);
    const { counts: all, countsOf } = tally(dir, index, 2);
    expect(all).toMatchObject({ completed: 1, timeout: 1, timeouts: 2 });
    expect(countsOf(0)).toMatchObject({ completed: 1, timeout: 1, timeouts: 2 });
    expect(executionStatistics(index, all)).toMatchObject({ retries: 1, timeouts: 2, timeout: 1 });
  });
});

test('a million blocks are one walk over their headers', () => {
  const count = 1_000_000;
  const blocks = new BlockList();
  Object.assign(blocks, {
    first: Float64Array.from({ length: count }, (_, i) => i),
    count: new Uint32Array(count).fill(1),
    startedMs: Float64Array.from({ length: count }, (_, i) => epochMs + i),
    elapsedMs: new Float64Array(count).fill(3),
    worker: Uint16Array.from({ length: count }, (_, i) => i % 4),
    attempt: new Uint16Array(count).fill(1),
    session: new Uint16Array(count),
  });
  Object.defineProperty(blocks, 'length', { value: count });
  const pieces = Array.from({ length: count }, (_, block) => ({ first: block, count: 1, block }));
  const facts = { ranks: 4 };
  const start = { event: 'start', at: timeAt(0), facts } as const;
  const index: JournalIndex = {
    ...{ blocks, pieces, done: new RangeSet(), inFlight: new RangeSet(), suspects: new RangeSet() },
    ...{ culprit: undefined, isBrokenOff: false, tried: new Map(), crashes: new Map(), shortages: new Map() },
    sessions: [{ start, hosts: new Map(), events: [] }],
  };
  const statistics = executionStatistics(index, { ...counts, total: count, completed: count });
  expect(statistics.taskTimeMs).toBe(3 * count);
  expect(statistics.utilisation).toBeCloseTo(0.75, 3);
});
