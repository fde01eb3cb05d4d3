import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { amountsOf, type Host } from '../../../src/schedule/tasks/hosts.js';
import { TaskScheduler } from '../../../src/schedule/tasks/task-scheduler.js';
import type { Resources } from '../../../src/schedule/tasks/task-set.js';
import type { Strategy } from '../../../src/study/study.js';
import { type Drawn, drawnTasks, needs, plain, setOf, host as shape } from './arbitraries.js';

const workersEach = 3;

interface Setting {
  readonly strategy?: Strategy;
  readonly hosts?: number;
  /** What is predicted; nothing is foreseen without. */
  readonly predicted?: readonly number[] | undefined;
  readonly scatter?: number | undefined;
}

interface Job {
  readonly index: number;
  readonly worker: number;
  readonly endsAt: number;
}

/** A start, and the hosts as they were just before. */
type OnStart = (index: number, host: Host, nowMs: number, jobsThere: readonly Job[]) => void;

/** Cases take their costs. When each starts, and when the last one has ended. */
function play(drawn: Drawn, setting: Setting, onStart: OnStart = () => {}) {
  const { strategy = 'self', hosts = 1, predicted, scatter = 0 } = setting;
  const costs = drawn.costs ?? [];
  let now = 0;
  const scheduler = new TaskScheduler({
    ...{ set: setOf(drawn), strategy, ranges: [{ first: 0, count: drawn.count }], apart: [], failed: [] },
  });
  if (predicted) {
    scheduler.foresee({
      nowMs: () => now,
      predictMs: (index) => predicted[index]!,
      scatter: () => ('scatter' in setting ? setting.scatter : scatter),
    });
  }
  const numbers = Array.from({ length: hosts * workersEach }, (_, i) => i);
  for (const worker of numbers)
    scheduler.place(worker, `host ${Math.floor(worker / workersEach)}`, amountsOf(shape));
  const starts = new Map<number, number>();
  const chunk = { first: 0, count: 0 };
  let jobs: Job[] = [];
  for (;;) {
    for (const worker of numbers) {
      if (jobs.some((job) => job.worker === worker)) continue;
      const there = jobs.filter((job) => hostOf(job.worker) === hostOf(worker));
      const isGiven = scheduler.next(worker, chunk);
      const host = [...scheduler.hosts].find(({ name }) => name === `host ${hostOf(worker)}`)!;
      onStart(isGiven ? chunk.first : -1, host, now, there);
      if (!isGiven) continue;
      starts.set(chunk.first, now);
      jobs.push({ index: chunk.first, worker, endsAt: now + (costs[chunk.first] ?? 1) });
    }
    const next = jobs.toSorted((a, b) => a.endsAt - b.endsAt)[0];
    if (!next) return { starts, makespan: now };
    now = next.endsAt;
    // All that ends at one moment makes room before anything starts.
    for (const { index } of jobs.filter(({ endsAt }) => endsAt === now)) scheduler.complete(index, 1);
    jobs = jobs.filter(({ endsAt }) => endsAt > now);
  }
}

function hostOf(worker: number): number {
  return Math.floor(worker / workersEach);
}

/** When so many running cases have ended that there is room, if nothing else starts. */
function roomAt(drawn: Drawn, index: number, jobs: readonly Job[]): number {
  const needOf = (other: number): Resources => needs[drawn.kinds![other]!]!;
  const fits = (left: readonly Job[]): boolean =>
    (['cores', 'memoryBytes', 'gpus'] as const).every(
      (what) =>
        left.reduce((sum, job) => sum + needOf(job.index)[what], needOf(index)[what]) <= shape[what] + 1e-9,
    );
  const ends = jobs.map(({ endsAt }) => endsAt).sort((a, b) => a - b);
  return ends.find((atMs) => fits(jobs.filter(({ endsAt }) => endsAt > atMs))) ?? Number.NEGATIVE_INFINITY;
}

const large = 1;
const small = 0;

describe('a host that is kept for a large case', () => {
  const kinds = [small, large, small, small, small];

  test.each<[string, number[], Setting, number[]]>([
    ['computes meanwhile what ends before there is room', [10, 5, 4, 6, 20], {}, [0, 10, 0, 0, 15]],
    ['waits where nothing is predicted', [10, 5, 4, 6, 20], { predicted: undefined }, [0, 10, 15, 15, 15]],
    [
      'waits where nobody knows how far times scatter',
      [10, 5, 4, 6, 20],
      { scatter: undefined },
      [0, 10, 15, 15, 15],
    ],
    ['allows for the scatter of times', [10, 5, 4, 6, 20], { scatter: 0.2 }, [0, 10, 0, 15, 15]],
    ['starts nothing else that ends later', [10, 5, 11, 10, 10], {}, [0, 10, 15, 0, 0]],
  ])('%s (costs %j, %j)', (_, costs, setting, expected) => {
    const drawn = plain(5, { kinds, costs });
    const { starts } = play(drawn, { predicted: costs, ...setting });
    expect([0, 1, 2, 3, 4].map((index) => starts.get(index))).toEqual(expected);
  });

  test('finds short cases behind very many long ones', () => {
    const count = 1500;
    const costs = Array.from({ length: count }, (_, i) => (i < 2 ? 10 : (count - i) / 10));
    const more = { kinds: costs.map((_, i) => (i === 1 ? large : small)), costs };
    const drawn = plain(count, { ...more, priorities: costs.map((_, i) => (i < 2 ? 1 : 0)) });
    const { starts } = play(drawn, { predicted: costs, strategy: 'lpt' });
    expect([0, 1, count - 100, count - 99].map((index) => starts.get(index))).toEqual([0, 10, 0, 0]);
  });
});

const drawnWithNeeds = drawnTasks.chain((drawn) => {
  const each = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
    fc.array(value, { minLength: drawn.count, maxLength: drawn.count });
  return fc
    .tuple(each(fc.integer({ min: 1, max: 30 })), each(fc.nat({ max: needs.length - 1 })))
    .map(([costs, kinds]): Drawn => ({ ...drawn, costs, kinds }));
});
const strategy = fc.constantFrom<Strategy>('adaptive', 'lpt', 'self');
const hosts = fc.integer({ min: 1, max: 3 });

test('with exact costs no large case starts later than if nothing started on its host before it', () => {
  let passed = 0;
  fc.assert(
    fc.property(drawnWithNeeds, strategy, hosts, (drawn, by, hostCount) => {
      const promised = new Map<number, number>();
      const onStart: OnStart = (index, host, now, there) => {
        const waiting = host.reservedFor;
        if (index >= 0 && waiting !== undefined) passed++;
        if (waiting !== undefined && !promised.has(waiting))
          promised.set(waiting, roomAt(drawn, waiting, there));
        const before = promised.get(index);
        if (before !== undefined) expect(now).toBeLessThanOrEqual(before);
      };
      const { starts } = play(drawn, { strategy: by, hosts: hostCount, predicted: drawn.costs! }, onStart);
      expect(starts.size).toBe(drawn.count);
    }),
    { numRuns: 150 },
  );
  expect(passed).toBeGreaterThan(100);
});

test('however wrong predictions are, nothing passes a large case once it was to start', () => {
  const wrong = fc.array(fc.constantFrom(0.1, 0.5, 1, 2, 5), { minLength: 40, maxLength: 40 });
  fc.assert(
    fc.property(drawnWithNeeds, wrong, strategy, hosts, (drawn, factors, by, hostCount) => {
      const predicted = drawn.costs!.map((cost, i) => cost * factors[i]!);
      const promised = new Map<number, number>();
      const onStart: OnStart = (index, host, now) => {
        const { reservedFor, reservedMs } = host;
        if (reservedFor === undefined || reservedMs === undefined) return;
        const before = promised.get(reservedFor) ?? Number.POSITIVE_INFINITY;
        expect(reservedMs).toBeLessThanOrEqual(before);
        promised.set(reservedFor, reservedMs);
        if (index >= 0) expect(now + predicted[index]! * 1.6).toBeLessThanOrEqual(reservedMs + 1e-9);
      };
      const setting = { strategy: by, hosts: hostCount, predicted, scatter: 0.3 };
      expect(play(drawn, setting, onStart).starts.size).toBe(drawn.count);
    }),
    { numRuns: 100 },
  );
});

test.each<[string, number[], number[], number, number]>([
  [
    'one large case behind a long small one',
    [small, large, small, small, small, small],
    [20, 5, 8, 8, 8, 8],
    41,
    25,
  ],
  ['large and small ones in turn', [small, large, small, large, small, small], [9, 4, 3, 4, 6, 2], 26, 17],
  ['nothing but small ones', [small, small, small, small], [5, 4, 3, 2], 5, 5],
  ['nothing that is short enough', [small, large, small, small], [5, 5, 9, 9], 19, 19],
])('the run ends no later for it: %s', (_, kinds, costs, without, withIt) => {
  const drawn = plain(kinds.length, { kinds, costs });
  expect(play(drawn, {}).makespan).toBe(without);
  expect(play(drawn, { predicted: costs }).makespan).toBe(withIt);
});
