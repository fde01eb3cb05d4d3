import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createScheduler, type Scheduler } from '../../src/schedule/scheduler.js';
import type { Chunk } from '../../src/schedule/work-queue.js';
import { type Strategy, strategies } from '../../src/study/study.js';
import { casesOf, holes } from './arbitraries.js';

const mostCases = 1 << 24;

function schedulerOf(
  strategy: Strategy,
  ranges: readonly Chunk[],
  workers: number,
  chunk: number | 'auto' = 'auto',
): Scheduler {
  const numbers = Array.from({ length: workers }, (_, i) => i);
  return createScheduler({ strategy, ranges, workers: numbers, chunk, mostCases });
}

/** Chunks of each worker when the workers take turns until nothing is left. */
function inTurns(scheduler: Scheduler, workers: number): Chunk[][] {
  const taken = Array.from({ length: workers }, (): Chunk[] => []);
  const chunk = { first: 0, count: 0 };
  for (let found = true; found; ) {
    found = false;
    for (let worker = 0; worker < workers; worker++) {
      if (!scheduler.next(worker, chunk)) continue;
      taken[worker]!.push({ ...chunk });
      found = true;
    }
  }
  return taken;
}

const whole = (count: number): Chunk[] => [{ first: 0, count }];
const countsOf = (chunks: readonly Chunk[]): number[] => chunks.map(({ count }) => count);

describe.each(strategies)('%s', (strategy) => {
  const setting = fc.record({
    ranges: holes,
    workers: fc.integer({ min: 1, max: 6 }),
    chunk: fc.oneof(fc.constant('auto' as const), fc.integer({ min: 1, max: 30 })),
  });
  /** What may happen between two chunks: who asks next, and what befalls a worker. */
  const events = fc.infiniteStream(
    fc.record({ worker: fc.nat({ max: 99 }), fate: fc.nat({ max: 19 }), ms: fc.double({ min: 0, max: 50 }) }),
  );

  test('hands out each case exactly once, whoever asks, dies or gives back at any moment', () => {
    fc.assert(
      fc.property(setting, events, ({ ranges, workers, chunk }, happenings) => {
        const scheduler = schedulerOf(strategy, ranges, workers, chunk);
        const wanted = casesOf(ranges);
        const done: number[] = [];
        const alive = new Set(Array.from({ length: workers }, (_, i) => i));
        const held: Chunk[] = [];
        let successors = workers;
        const out = { first: 0, count: 0 };
        for (let step = 0; done.length < wanted.length; step++) {
          expect(step).toBeLessThan(5000);
          const { worker: draw, fate, ms } = happenings.next().value!;
          const worker = [...alive][draw % alive.size]!;
          expect(scheduler.remaining).toBe(wanted.length - done.length - casesOf(held).length);
          if (scheduler.next(worker, out)) held.push({ ...out });
          if (fate === 0) {
            // The worker dies: a successor takes its place, and takes part in no static distribution.
            scheduler.release(worker);
            alive.delete(worker);
            alive.add(successors++);
          }
          const back = held.length > 0 && fate > 2 ? held.splice(draw % held.length, 1)[0]! : undefined;
          if (back && fate < 6) {
            scheduler.giveBack(back.first, back.count);
          } else if (back) {
            done.push(...casesOf([back]));
            scheduler.observe(back.count, Number.isNaN(ms) ? 0 : ms);
          }
        }
        expect(done.sort((a, b) => a - b)).toEqual(wanted);
        expect(scheduler.remaining).toBe(0);
        for (const worker of alive) expect(scheduler.next(worker, out)).toBe(false);
      }),
    );
  });

  test('leaves nobody out while there is work for all of them', () => {
    const workers = 4;
    const taken = inTurns(schedulerOf(strategy, whole(1000), workers), workers);
    expect(taken.every((chunks) => chunks.length > 0)).toBe(true);
  });

  test('never hands out a chunk whose count a message cannot carry', () => {
    const scheduler = schedulerOf(strategy, whole(2 ** 53 - 1), 2);
    const chunk = { first: 0, count: 0 };
    scheduler.observe(1, 0);
    scheduler.observe(1 << 20, 0.001);
    for (let i = 0; i < 10; i++) {
      expect(scheduler.next(i % 2, chunk)).toBe(true);
      expect(chunk.count).toBeLessThanOrEqual(mostCases);
    }
  });

  test('plans a hundred million cases, and more than memory could list, at once', () => {
    const count = 2 ** 50;
    const scheduler = schedulerOf(strategy, whole(count), 3, 1);
    const chunk = { first: 0, count: 0 };
    for (let i = 0; i < 300; i++) expect(scheduler.next(i % 3, chunk)).toBe(true);
    expect(scheduler.remaining).toBeLessThan(count);
  });
});

describe('block', () => {
  test('gives worker i of p the i-th of p runs that are equal to within a case', () => {
    const taken = inTurns(schedulerOf('block', whole(10), 4), 4);
    expect(taken).toEqual([
      [{ first: 0, count: 2 }],
      [{ first: 2, count: 3 }],
      [{ first: 5, count: 2 }],
      [{ first: 7, count: 3 }],
    ]);
  });

  test('with a chunk size cuts each run into chunks of this size', () => {
    const taken = inTurns(schedulerOf('block', whole(12), 2, 4), 2);
    expect(taken).toEqual([
      [
        { first: 0, count: 4 },
        { first: 4, count: 2 },
      ],
      [
        { first: 6, count: 4 },
        { first: 10, count: 2 },
      ],
    ]);
  });

  test('counts positions through holes: what is left is dealt out evenly, not what there was', () => {
    const ranges = [
      { first: 0, count: 2 },
      { first: 100, count: 2 },
      { first: 200, count: 2 },
    ];
    const taken = inTurns(schedulerOf('block', ranges, 2), 2);
    expect(taken.map(casesOf)).toEqual([
      [0, 1, 100],
      [101, 200, 201],
    ]);
  });
});

describe('cyclic', () => {
  test('gives chunk k to worker k mod p', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 1, max: 9 }),
        (count, workers, size) => {
          const taken = inTurns(schedulerOf('cyclic', whole(count), workers, size), workers);
          const expected = Array.from({ length: workers }, (): Chunk[] => []);
          for (let k = 0; k * size < count; k++) {
            expected[k % workers]!.push({ first: k * size, count: Math.min(size, count - k * size) });
          }
          expect(taken).toEqual(expected);
        },
      ),
    );
  });

  test('counts positions through holes', () => {
    fc.assert(
      fc.property(
        holes,
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 7 }),
        (ranges, workers, size) => {
          const cases = casesOf(ranges);
          const taken = inTurns(schedulerOf('cyclic', ranges, workers, size), workers);
          taken.forEach((chunks, worker) => {
            expect(casesOf(chunks)).toEqual(
              cases.filter((_, position) => Math.floor(position / size) % workers === worker),
            );
          });
        },
      ),
    );
  });

  test('gives each worker 16 turns when the size is left to it', () => {
    const taken = inTurns(schedulerOf('cyclic', whole(6400), 4), 4);
    expect(taken.map((chunks) => chunks.length)).toEqual([16, 16, 16, 16]);
  });
});

describe('self-scheduling', () => {
  test('gives chunks of the size asked for, whatever they cost', () => {
    const scheduler = schedulerOf('self', whole(10), 3, 4);
    scheduler.observe(4, 10_000);
    expect(inTurns(scheduler, 3).flatMap(countsOf)).toEqual([4, 4, 2]);
  });

  test('begins with one case, and finds the size that lasts ten milliseconds', () => {
    const scheduler = schedulerOf('self', whole(1_000_000), 2);
    const chunk = { first: 0, count: 0 };
    scheduler.next(0, chunk);
    expect(chunk.count).toBe(1);
    for (let round = 0; round < 5; round++) {
      scheduler.observe(chunk.count, chunk.count * 0.1);
      scheduler.next(0, chunk);
    }
    expect(chunk.count).toBe(100);
  });
});

describe('guided self-scheduling', () => {
  test('gives the p-th part of what remains, rounded up', () => {
    const scheduler = schedulerOf('guided', whole(100), 4);
    const counts: number[] = [];
    for (let left = 100; left > 0; ) {
      const expected = Math.ceil(left / 4);
      counts.push(expected);
      left -= expected;
    }
    const chunk = { first: 0, count: 0 };
    const got: number[] = [];
    while (scheduler.next(got.length % 4, chunk)) got.push(chunk.count);
    expect(got).toEqual(counts);
    expect(got.slice(0, 5)).toEqual([25, 19, 14, 11, 8]);
  });

  test('gives no chunk smaller than the size asked for, but for the last', () => {
    const counts = inTurns(schedulerOf('guided', whole(100), 4, 10), 4).flatMap(countsOf);
    expect(counts.filter((count) => count < 10).length).toBeLessThanOrEqual(1);
    expect(counts.reduce((sum, count) => sum + count)).toBe(100);
  });
});

describe('factoring', () => {
  test('gives batches of p equal chunks, each batch half of what remains', () => {
    const scheduler = schedulerOf('factoring', whole(1600), 4);
    const chunk = { first: 0, count: 0 };
    const got: number[] = [];
    while (scheduler.next(got.length % 4, chunk)) got.push(chunk.count);
    expect(got.slice(0, 12)).toEqual([200, 200, 200, 200, 100, 100, 100, 100, 50, 50, 50, 50]);
    expect(got.reduce((sum, count) => sum + count)).toBe(1600);
  });
});

describe('adaptive', () => {
  /** One worker after the other takes a chunk that costs `caseMs` a case. */
  function sizes(total: number, workers: number, caseMs: number, chunk: number | 'auto' = 'auto'): number[] {
    const scheduler = schedulerOf('adaptive', whole(total), workers, chunk);
    const out = { first: 0, count: 0 };
    const got: number[] = [];
    while (scheduler.next(got.length % workers, out)) {
      got.push(out.count);
      scheduler.observe(out.count, out.count * caseMs);
    }
    return got;
  }

  test('shrinks its chunks towards the end, down to one case', () => {
    const got = sizes(10_000, 4, 0.01);
    const largest = got.indexOf(Math.max(...got));
    const behind = got.slice(largest);
    expect(behind).toEqual([...behind].sort((a, b) => b - a));
    expect(got.at(-1)).toBe(1);
  });

  test('never gives one worker more than half of its share of what remains', () => {
    let left = 10_000;
    for (const count of sizes(left, 4, 0.0001)) {
      expect(count).toBeLessThanOrEqual(Math.ceil(left / 8));
      left -= count;
    }
    expect(left).toBe(0);
  });

  test('gives single cases when a case lasts longer than a chunk should', () => {
    expect(new Set(sizes(100, 2, 500))).toEqual(new Set([1]));
  });

  test('keeps to the size asked for until the end is near', () => {
    const got = sizes(1000, 2, 1, 20);
    expect(got.slice(0, 40)).toEqual(new Array<number>(40).fill(20));
    expect(got.at(-1)).toBe(1);
  });
});
