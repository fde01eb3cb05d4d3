import { hostname } from 'node:os';
import { describe, expect, test } from 'vitest';
import { createState, defaultOptions } from '../../../src/coordinator/state.js';
import { FailureLog } from '../../../src/runtime/progress/failure-log.js';
import { WorkerWatch } from '../../../src/runtime/worker-watch.js';
import { createScheduler } from '../../../src/schedule/scheduler.js';

function stateOf(workers: readonly number[]) {
  const scheduler = createScheduler({
    ...{ strategy: 'self', ranges: [{ first: 0, count: 100 }], workers, chunk: 1, mostCases: 100 },
  });
  return createState(scheduler, workers, defaultOptions);
}

describe('the watch over workers', () => {
  test('says what a worker computes and since when, by its returns', () => {
    const state = stateOf([0]);
    const watch = new WorkerWatch();
    const entry = state.workers.get(0)!;
    entry.status = 'ready';
    const look = (ms: number) => watch.look(state, ms)[0]!;
    expect(look(0)).toMatchObject({ state: 'idle', done: 0 });
    expect(look(0)).not.toHaveProperty('current');
    entry.outstanding.push(10, 4, 1);
    expect(look(100)).toMatchObject({ state: 'busy', current: { first: 10, count: 4, forMs: 0 } });
    expect(look(900).current).toEqual({ first: 10, count: 4, forMs: 800 });
    entry.outstanding.take(1);
    entry.done = 1;
    expect(look(1000).current).toEqual({ first: 11, count: 3, forMs: 0 });
    entry.outstanding.take(3);
    entry.done = 4;
    expect(look(1100)).not.toHaveProperty('current');
  });

  test('has a rate that is right from the first second on and forgets what was', () => {
    const state = stateOf([0]);
    const watch = new WorkerWatch();
    const entry = state.workers.get(0)!;
    const rateAt = (ms: number): number => watch.look(state, ms)[0]!.rate;
    expect(rateAt(0)).toBe(0);
    for (let ms = 100; ms <= 2000; ms += 100) {
      entry.done = ms / 2;
      rateAt(ms);
    }
    expect(rateAt(2000)).toBeCloseTo(500);
    for (let ms = 2100; ms <= 60_000; ms += 100) rateAt(ms);
    expect(rateAt(60_000)).toBeLessThan(1);
  });

  test('knows host, process, last word and memory of a worker, and that it was lost', () => {
    const state = stateOf([3]);
    const watch = new WorkerWatch();
    watch.joined(3, hostname(), process.pid);
    watch.said(3, 'step 7 of 9');
    const [here] = watch.look(state, 2000);
    expect(here).toMatchObject({ host: hostname(), pid: process.pid, lastMessage: 'step 7 of 9' });
    if (process.platform === 'linux') expect(here!.memoryBytes).toBeGreaterThan(1 << 20);
    const entry = state.workers.get(3)!;
    entry.status = 'gone';
    entry.isLost = true;
    const [gone] = watch.look(state, 4000);
    expect(gone).toMatchObject({ state: 'lost' });
    expect(gone).not.toHaveProperty('memoryBytes');
  });

  test('sees a node coordinator as the ranks behind it', () => {
    const scheduler = createScheduler({
      ...{
        strategy: 'self',
        ranges: [{ first: 0, count: 100 }],
        workers: [4, 5, 6],
        chunk: 1,
        mostCases: 100,
      },
    });
    const state = createState(scheduler, [4], defaultOptions, new Map([[4, [5, 6]]]));
    const watch = new WorkerWatch();
    watch.joined(5, 'node7', 1);
    const team = state.workers.get(4)!.team!;
    expect(watch.look(state, 0)[0]).toMatchObject({ host: 'node7', team: { ranks: 2, busy: 0 } });
    Object.assign(state.workers.get(4)!, { status: 'ready' });
    Object.assign(team, { ready: 2, pieces: 5 });
    expect(watch.look(state, 100)[0]).toMatchObject({ state: 'busy', team: { ranks: 2, busy: 2 } });
  });

  test('takes the memory of a worker on another host from what it says', () => {
    const state = stateOf([1]);
    const watch = new WorkerWatch();
    watch.joined(1, 'a host that is not this one', 1);
    watch.weighed(1, 5_000_000);
    expect(watch.look(state, 2000)[0]).toMatchObject({ memoryBytes: 5_000_000 });
  });
});

describe('the log of failures', () => {
  const failed = (index: number, type = 'T') => ({
    ...{ case: index, attempt: 1, worker: 0, status: 'failed' as const, type },
    message: `of ${index}`,
  });

  test('counts by kind what no attempt follows, with the lowest case and what it said, behind earlier sessions', () => {
    const log = new FailureLog([{ status: 'failed', type: 'T', count: 2, example: 50, message: 'of 50' }]);
    for (const index of [70, 20, 90]) log.add(failed(index), 0);
    log.add({ ...failed(1), isTriedAgain: true }, 0);
    log.add({ ...failed(5, 'U'), status: 'timeout' }, 0);
    expect(log.kinds).toEqual([
      { status: 'failed', type: 'T', count: 5, example: 20, message: 'of 20' },
      { status: 'timeout', type: 'U', count: 1, example: 5, message: 'of 5' },
    ]);
  });

  test('keeps the last ones, newest first, and no more than fit', () => {
    const log = new FailureLog();
    for (let i = 0; i < 1000; i++) log.add(failed(i, `kind ${i}`), i);
    expect(log.recent[0]).toMatchObject({ case: 999, atMs: 999 });
    expect(log.recent.length).toBe(12);
    expect(log.kinds.length).toBe(256);
  });
});
