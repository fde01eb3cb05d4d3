import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createScheduler, type Scheduler } from '../../src/schedule/scheduler.js';
import { WorkQueue } from '../../src/schedule/work-queue.js';
import { casesOf, holes } from './arbitraries.js';

function stealing(count: number, workers: number, chunk: number | 'auto'): Scheduler {
  return createScheduler({
    strategy: 'work-stealing',
    ranges: [{ first: 0, count }],
    workers: Array.from({ length: workers }, (_, i) => i),
    chunk,
    mostCases: 1 << 24,
  });
}

/** Chunks that one worker takes, up to `most`. */
function takes(scheduler: Scheduler, worker: number, most: number): [number, number][] {
  const out = { first: 0, count: 0 };
  const taken: [number, number][] = [];
  while (taken.length < most && scheduler.next(worker, out)) taken.push([out.first, out.count]);
  return taken;
}

describe('work stealing', () => {
  test('lets each worker compute its own run of cases, in order', () => {
    const scheduler = stealing(30, 3, 5);
    expect(takes(scheduler, 1, 2)).toEqual([
      [10, 5],
      [15, 5],
    ]);
    expect(takes(scheduler, 0, 1)).toEqual([[0, 5]]);
    expect(takes(scheduler, 2, 1)).toEqual([[20, 5]]);
  });

  test('gives the idle the back half of the fullest queue', () => {
    const scheduler = stealing(30, 3, 2);
    takes(scheduler, 1, 5);
    takes(scheduler, 0, 1);
    // Worker 2 has most left: 20 to 29. Worker 1 is given 25 to 29, which worker 2 no longer has.
    expect(takes(scheduler, 1, 3)).toEqual([
      [25, 2],
      [27, 2],
      [29, 1],
    ]);
    expect(takes(scheduler, 2, 3)).toEqual([
      [20, 2],
      [22, 2],
      [24, 1],
    ]);
  });

  test('lets one who came late, and has no queue, steal from the first moment', () => {
    const scheduler = stealing(8, 1, 1);
    expect(takes(scheduler, 7, 1)).toEqual([[4, 1]]);
  });

  test('says that there is nothing only when every queue is empty', () => {
    const scheduler = stealing(12, 4, 'auto');
    scheduler.release(2);
    const cases = takes(scheduler, 0, 100).flatMap(([first, count]) => casesOf([{ first, count }]));
    expect(cases.sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, i) => i));
    expect(scheduler.remaining).toBe(0);
  });
});

test('moving cases to the back of another queue keeps them all, in order', () => {
  fc.assert(
    fc.property(holes, fc.nat(20), fc.nat(60), (ranges, taken, count) => {
      const all = casesOf(ranges);
      const from = new WorkQueue(ranges);
      const to = new WorkQueue([{ first: 9_999_999, count: 1 }]);
      const out = { first: 0, count: 0 };
      let left = all;
      if (taken > 0 && from.take(taken, out)) left = all.slice(out.count);
      const moved = Math.min(count, left.length);
      from.moveBack(count, to);
      const drained = (queue: WorkQueue): number[] => {
        const cases: number[] = [];
        while (queue.take(3, out)) cases.push(...casesOf([out]));
        return cases;
      };
      expect([from.total, to.total]).toEqual([left.length - moved, moved + 1]);
      expect(drained(from)).toEqual(left.slice(0, left.length - moved));
      expect(drained(to)).toEqual([9_999_999, ...left.slice(left.length - moved)]);
    }),
  );
});
