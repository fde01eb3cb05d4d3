import { describe, expect, test } from 'vitest';
import { createScheduler, type Scheduler } from '../../src/schedule/scheduler.js';

function adaptiveFactoring(count: number, workers: number): Scheduler {
  return createScheduler({
    strategy: 'adaptive-factoring',
    ranges: [{ first: 0, count }],
    workers: Array.from({ length: workers }, (_, i) => i),
    chunk: 'auto',
    mostCases: 1 << 24,
  });
}

/** Size of the next chunk of a worker, given back at once. */
function sizeFor(scheduler: Scheduler, worker: number): number {
  const out = { first: 0, count: 0 };
  scheduler.next(worker, out);
  scheduler.giveBack(out.first, out.count);
  return out.count;
}

/** Blocks of one case. */
function measure(scheduler: Scheduler, worker: number, times: readonly number[]): void {
  for (const ms of times) scheduler.observeBlock?.(worker, 0, 1, ms, true);
}

describe('adaptive factoring', () => {
  test('begins with one case, whose time says how many come next', () => {
    expect(sizeFor(adaptiveFactoring(1000, 4), 0)).toBe(1);
  });

  test('gives a worker its whole share when times do not scatter', () => {
    const scheduler = adaptiveFactoring(1000, 4);
    for (let worker = 0; worker < 4; worker++) measure(scheduler, worker, [2, 2, 2]);
    expect(sizeFor(scheduler, 0)).toBe(250);
  });

  test('gives shares in proportion to speed', () => {
    const scheduler = adaptiveFactoring(1000, 2);
    measure(scheduler, 0, [1, 1, 1]);
    measure(scheduler, 1, [4, 4, 4]);
    expect(sizeFor(scheduler, 0)).toBe(800);
    expect(sizeFor(scheduler, 1)).toBe(200);
  });

  test('gives less the more times scatter, by the formula of its authors', () => {
    const scheduler = adaptiveFactoring(1000, 2);
    // Mean 2 and variance 2 for both: D = 2, T = 1.
    for (const worker of [0, 1]) measure(scheduler, worker, [1, 3]);
    const expected = Math.floor((2 + 2000 - Math.sqrt(4 + 8 * 1000)) / 4);
    expect(sizeFor(scheduler, 0)).toBe(expected);
    expect(expected).toBe(478);
  });

  test('counts workers that are not measured as average ones, and forgets those that are gone', () => {
    const scheduler = adaptiveFactoring(1000, 4);
    measure(scheduler, 0, [2, 2]);
    expect(sizeFor(scheduler, 0)).toBe(250);
    measure(scheduler, 1, [1000, 1000]);
    scheduler.release(1);
    expect(sizeFor(scheduler, 0)).toBe(250);
  });
});
