import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { timeIsOver } from '../../src/coordinator/deadline.js';
import { isAllDone } from '../../src/coordinator/reactor.js';
import { CostLedger } from '../../src/schedule/cost-ledger.js';
import type { CostModel } from '../../src/schedule/costs.js';
import { createScheduler } from '../../src/schedule/scheduler.js';
import { TaskScheduler } from '../../src/schedule/tasks/task-scheduler.js';
import { strategies } from '../../src/study/study.js';
import { casesOf, holes } from '../schedule/arbitraries.js';
import { World, type WorldOptions } from './world.js';

const caseMs = 100;

/** Workers that take what the cases cost: each step is one case for everyone, and the time that the longest took. */
function runToDeadline(world: World, costOf: (index: number) => number): string {
  for (let step = 0; step < 10_000; step++) {
    let longestMs = 0;
    for (const worker of world.workers) {
      world.becomeReady(worker);
      world.deliver(worker);
      while (worker.inbox.length > 0 && worker.state === 'ready') world.read(worker);
      const [range] = worker.ranges;
      if (range) longestMs = Math.max(longestMs, costOf(range.first));
    }
    world.advance(longestMs);
    for (const worker of world.workers) {
      world.compute(worker, 1);
      world.send(worker);
      while (worker.outbox.length > 0) world.deliver(worker);
    }
    world.drained();
    world.sync(1);
    const reason = timeIsOver(world.state, world.comm);
    if (reason !== undefined) return reason;
    if (isAllDone(world.state)) return 'all done';
  }
  throw new Error('the run neither ends nor stops');
}

function limited(options: Omit<WorldOptions, 'ledger'>, model?: CostModel): World {
  return new World({ ...options, ledger: new CostLedger(options.ranges, model) });
}

describe('before a deadline', () => {
  test('ranges are cut to what ends in time, and the run ends when no case does', () => {
    const world = limited({
      ...{ ranges: [{ first: 0, count: 1000 }], workers: 2, chunk: 64, strategy: 'self' },
      ...{ blockMs: caseMs, deadlineMs: 1_050 },
    });
    expect(runToDeadline(world, () => caseMs)).toBe(
      'time limit: 980 cases left, none can end in the remaining 0 s',
    );
    expect(world.nowMs).toBe(1_000);
    expect(world.rows.size).toBe(20);
    expect(world.state.inFlight).toBe(0);
    expect(isAllDone(world.state)).toBe(false);
  });

  test('before anything is measured each worker gets one case', () => {
    const world = limited({ ranges: [{ first: 0, count: 1000 }], workers: 3, chunk: 100, deadlineMs: 1e6 });
    for (const worker of world.workers) {
      world.becomeReady(worker);
      world.deliver(worker);
      world.read(worker);
    }
    expect(world.workers.map(({ ranges }) => ranges.map(({ count }) => count))).toEqual([[1], [1], [1]]);
  });

  test('where large cases do not fit any more, small ones behind them still run', () => {
    const costs = (index: number): number => (index < 4 ? 1_000 : 10);
    const model: CostModel = {
      kind: 'known',
      costs: (first, count) => Float64Array.from({ length: count }, (_, i) => costs(first + i)),
      msPerUnit: 1,
    };
    const ranges = [{ first: 0, count: 40 }];
    const ledger = new CostLedger(ranges, model, {
      ...{ blocks: 8, cases: 8, msPerUnit: 1 },
    });
    const world = new World({
      ...{ ranges, ledger, workers: 1, chunk: 1, strategy: 'self', blockMs: 10, deadlineMs: 500 },
    });
    expect(runToDeadline(world, costs)).toBe('time limit: 4 cases left, none can end in the remaining 0 s');
    expect([...world.rows.keys()].sort((a, b) => a - b)).toEqual(casesOf([{ first: 4, count: 36 }]));
  });

  test('where nobody knows yet how long a unit of cost takes, cheap cases say it, and the dearest is not begun', () => {
    const costs = (index: number): number => (index === 0 ? 1_000 : 1);
    const model: CostModel = {
      kind: 'known',
      costs: (first, count) => Float64Array.from({ length: count }, (_, i) => costs(first + i)),
    };
    const ranges = [{ first: 0, count: 40 }];
    const scheduler = createScheduler({
      ...{ strategy: 'adaptive', costs: model, ranges, workers: [0, 1], chunk: 1, mostCases: 64 },
      isScaleNeeded: true,
    });
    const world = limited({ ranges, scheduler, workers: 2, blockMs: 10, deadlineMs: 5_000 }, model);
    expect(runToDeadline(world, (index) => 10 * costs(index))).toBe(
      'time limit: 1 case left, none can end in the remaining 4 s',
    );
    expect([...world.rows.keys()].sort((a, b) => a - b)).toEqual(casesOf([{ first: 1, count: 39 }]));
  });

  test('a case that waits longer for its next attempt than there is time holds up nothing', () => {
    const world = limited({
      ...{ ranges: [{ first: 0, count: 2 }], workers: 1, chunk: 1, strategy: 'self' },
      ...{ retries: 1, backoff: { firstMs: 5_000, mostMs: 5_000 }, blockMs: caseMs, deadlineMs: 3_000 },
      failing: (index) => (index === 0 ? 'failed' : undefined),
    });
    expect(runToDeadline(world, () => caseMs)).toBe(
      'time limit: 1 case left, none can end in the remaining 2 s',
    );
  });

  test('cases that depend on one without time to end are left with it', () => {
    const ranges = [{ first: 0, count: 6 }];
    const scheduler = new TaskScheduler({
      set: {
        count: 6,
        dependencies: { offsets: Uint32Array.of(0, 0, 1, 2, 3, 4, 5), cases: Uint32Array.of(0, 1, 2, 3, 4) },
        isInOrder: true,
        nameOf: String,
      },
      ...{ strategy: 'adaptive', ranges, apart: [], failed: [] },
    });
    const world = limited({ ranges, scheduler, workers: 2, blockMs: caseMs, deadlineMs: 250 });
    expect(runToDeadline(world, () => caseMs)).toBe(
      'time limit: 4 cases left, none can end in the remaining 0 s',
    );
    expect([...world.rows.keys()]).toEqual([0, 1]);
  });

  test('when the time is over, what still runs is left, and has used up nothing', () => {
    const world = limited({
      ...{ ranges: [{ first: 0, count: 3 }], workers: 1, chunk: 1, strategy: 'self' },
      ...{ retries: 1, deadlineMs: 1_000 },
    });
    const [worker] = world.workers;
    world.becomeReady(worker!);
    world.deliver(worker!);
    world.read(worker!);
    world.advance(1_000);
    expect(timeIsOver(world.state, world.comm)).toBe('time limit: 3 cases left when the time was over');
    world.stop();
    expect(timeIsOver(world.state, world.comm)).toBeUndefined();
    world.settle();
    expect(world.rows.size).toBe(0);
    expect(world.state.retries).toBe(0);
    expect(world.leftovers()).toEqual([]);
  });

  test('whatever the strategy, no case is lost or computed twice, and none that fits is left', () => {
    const settings = fc.record({
      ranges: holes,
      workers: fc.integer({ min: 1, max: 4 }),
      strategy: fc.constantFrom(...strategies),
      chunk: fc.oneof(fc.constant('auto' as const), fc.integer({ min: 1, max: 20 })),
      deadlineMs: fc.integer({ min: 50, max: 3_000 }),
    });
    fc.assert(
      fc.property(settings, (options) => {
        const world = limited({ ...options, blockMs: caseMs });
        const reason = runToDeadline(world, () => caseMs);
        const total = casesOf(options.ranges).length;
        expect([...world.rows.values()].filter((rows) => rows.length !== 1)).toEqual([]);
        if (reason === 'all done') {
          expect(world.rows.size).toBe(total);
          return;
        }
        expect(reason).toMatch(/^time limit: \d+ cases? left/);
        expect(Number(/\d+/.exec(reason)?.[0])).toBe(total - world.rows.size);
        expect(options.deadlineMs - world.nowMs).toBeLessThan(caseMs);
      }),
      { numRuns: 150 },
    );
  });
});
