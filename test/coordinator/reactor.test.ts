import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeBlock } from '../../src/codec/block.js';
import * as reactor from '../../src/coordinator/reactor.js';

import { casesOf } from '../schedule/arbitraries.js';
import { move, moves, play, settings } from './games.js';
import { resultOf, World, type WorldOptions } from './world.js';

function expectComplete(world: World, options: WorldOptions): void {
  const wanted = casesOf(options.ranges);
  expect([...world.rows.keys()].sort((a, b) => a - b)).toEqual(wanted);
  expect([...world.rows].filter(([, rows]) => rows.length !== 1)).toEqual([]);
  for (const [index, [row]] of world.rows) {
    if (row?.failure === undefined) expect(row?.value).toBe(resultOf(index));
  }
  expect(world.leftovers()).toEqual([]);
  expect(reactor.isComplete(world.state)).toBe(true);
  const failed = [...world.rows.values()].filter(([row]) => row?.failure !== undefined).length;
  expect(world.state.durable).toBe(wanted.length);
  expect(world.state.durableFailed).toBe(failed);
  expect(world.durableCases).toEqual({ cases: wanted.length, failed });
}

describe('whatever the order of events', () => {
  test('every case is persisted exactly once', () => {
    fc.assert(
      fc.property(settings, moves, (options, happenings) => {
        const world = play(options, happenings);
        world.settle();
        expectComplete(world, options);
        expect(world.state.durableFailed).toBe(0);
      }),
      { numRuns: 150 },
    );
  });

  test('workers that are killed cost their successors work, and no case its row', () => {
    fc.assert(
      fc.property(settings, moves, (options, happenings) => {
        // Fewer kills than a case needs to be given up.
        const world = play(options, happenings, 2);
        world.settle();
        expectComplete(world, options);
        expect(world.state.durableFailed).toBe(0);
      }),
      { numRuns: 150 },
    );
  });

  test('many kills leave each case with one row: its result, or that its workers died', () => {
    fc.assert(
      fc.property(settings, moves, (options, happenings) => {
        const world = play(options, happenings, Number.POSITIVE_INFINITY);
        world.settle();
        expectComplete(world, options);
      }),
      { numRuns: 150 },
    );
  });

  test('a case that kills its worker is given up, and all others complete', () => {
    fc.assert(
      fc.property(
        settings,
        moves,
        fc.array(fc.nat({ max: 200 }), { maxLength: 3 }),
        (options, happenings, at) => {
          const cases = casesOf(options.ranges);
          const deadly = new Set(cases.length > 0 ? at.map((draw) => cases[draw % cases.length]!) : []);
          const world = play({ ...options, deadly }, happenings);
          world.settle();
          expectComplete(world, options);
          const failed = [...world.rows].filter(([, [row]]) => row?.failure !== undefined);
          expect(new Set(failed.map(([index]) => index))).toEqual(deadly);
          for (const [, [row]] of failed)
            expect(row?.failure).toMatch(/^WorkerLost: its worker died; given up/);
          // Once among others, and as often alone as the limit says.
          for (const count of world.deaths.values()) expect(count).toBeLessThanOrEqual(1 + deadly.size + 3);
        },
      ),
      { numRuns: 150 },
    );
  });

  test('a stop ends the handing out, and what has come is kept', () => {
    fc.assert(
      fc.property(settings, moves, moves, (options, before, after) => {
        const world = play(options, before, 1);
        world.stop();
        for (const happening of after) move(world, happening);
        // Asked again, in impatience.
        world.stop();
        world.settle();
        expect(new Set(world.stopped).size).toBe(world.stopped.length);
        expect(world.assignedAfterStop).toBe(0);
        expect(world.leftovers()).toEqual([]);
        expect([...world.rows.values()].every((rows) => rows.length === 1)).toBe(true);
        expect(world.state.durable).toBe(world.rows.size);
        expect([...world.state.workers.values()].every(({ status }) => status === 'gone')).toBe(true);
        expect(world.alive).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });
});

describe('a worker', () => {
  const whole = (count: number) => [{ first: 0, count }];

  test.each([
    { cases: 100, aheadMs: 4 },
    { cases: 100_000, aheadMs: 24 },
  ])(
    'gets one chunk before its speed is known, and then enough that it never waits, of $cases',
    ({ cases, aheadMs }) => {
      const world = new World({ ranges: whole(cases), workers: 1, chunk: 1, blockMs: 0.5 });
      const [worker] = world.workers;
      world.becomeReady(worker!);
      world.deliver(worker!);
      world.read(worker!);
      expect(worker!.ranges).toHaveLength(1);
      world.compute(worker!, 1);
      world.send(worker!);
      world.deliver(worker!);
      expect(worker!.inbox).toHaveLength(0);
      world.drained();
      world.read(worker!);
      // Besides the one in hand.
      expect(worker!.ranges).toHaveLength(1 + aheadMs / 0.5);
      expect(worker!.inbox).toHaveLength(0);
    },
  );

  test('of long cases gets the next one when it is free', () => {
    const world = new World({ ranges: whole(10), workers: 1, chunk: 1, blockMs: 500 });
    const [worker] = world.workers;
    world.becomeReady(worker!);
    world.deliver(worker!);
    for (let done = 0; done < 3; done++) {
      world.read(worker!);
      expect(worker!.ranges).toHaveLength(1);
      world.compute(worker!, 1);
      world.send(worker!);
      world.deliver(worker!);
      world.drained();
    }
  });

  test('waits while the disk is behind, and goes on when it has caught up', () => {
    const world = new World({ ranges: whole(100), workers: 2, chunk: 1, backlogLimitBytes: 200 });
    for (let round = 0; round < 50; round++) {
      for (const worker of world.workers) {
        world.becomeReady(worker);
        world.deliver(worker);
        world.read(worker);
        world.compute(worker, 1);
        world.send(worker);
      }
      world.drained();
    }
    expect(world.backlog).toBeGreaterThan(200);
    expect(world.rows.size).toBeLessThan(20);
    expect(world.state.isThrottled).toBe(true);
    const before = world.rows.size;
    world.sync(1);
    expect(world.state.isThrottled).toBe(false);
    world.settle();
    expect(world.rows.size).toBe(100);
    expect(before).toBeLessThan(100);
  });

  test('that returns what it was not given ends the run', () => {
    const world = new World({ ranges: whole(10), workers: 1, chunk: 2 });
    const [worker] = world.workers;
    world.becomeReady(worker!);
    world.deliver(worker!);
    world.read(worker!);
    worker!.ranges[0]!.first += 1;
    world.compute(worker!, 1);
    world.send(worker!);
    expect(() => world.deliver(worker!)).toThrow('worker 0 returned cases 1 to 1');
    expect(world.rows.size).toBe(0);
  });

  test('that never joined ends the run', () => {
    const world = new World({ ranges: whole(10), workers: 1 });
    const comm = undefined as never;
    const block = encodeBlock([], {
      ...{ first: 0, count: 1, startedMs: 0, elapsedMs: 0, worker: 7, attempt: 1 },
      ...{ columns: {}, failures: [] },
    });
    expect(() => reactor.onResults(world.state, comm, 7, block)).toThrow('worker 7, which never joined');
  });
});

describe('a range whose worker died', () => {
  const fatal = 40;

  test('is tried case by case, each alone at a worker', () => {
    const world = new World({ ranges: [{ first: 0, count: 60 }], workers: 2, strategy: 'block' });
    const [first, second] = world.workers;
    for (const worker of [first!, second!]) {
      world.becomeReady(worker);
      world.deliver(worker);
      world.read(worker);
    }
    expect(first!.ranges).toEqual([{ first: 0, count: 30, attempt: 1 }]);
    world.compute(first!, 5);
    world.send(first!);
    world.kill(first!);
    world.deliver(first!);
    world.deliver(first!);
    // The other one ends what it has before it is trusted with a suspect.
    expect(second!.inbox).toHaveLength(0);
    world.compute(second!, 30);
    world.send(second!);
    world.deliver(second!);
    world.drained();
    world.read(second!);
    expect(second!.ranges).toEqual([{ first: 5, count: 1, attempt: 1, isAlone: true }]);
  });

  test('without a successor serves the workers that had nothing left to do', () => {
    const options = { ranges: [{ first: 0, count: 20 }], workers: 2, strategy: 'block' as const };
    const world = new World({ ...options, hasSuccessors: false });
    const [first, second] = world.workers;
    for (const worker of [first!, second!]) {
      world.becomeReady(worker);
      world.deliver(worker);
      world.read(worker);
    }
    world.compute(second!, 10);
    world.send(second!);
    world.deliver(second!);
    world.drained();
    expect(second!.inbox).toHaveLength(0);
    world.kill(first!);
    world.settle();
    expectComplete(world, options);
  });

  test('leaves nothing to a worker that is alone with a case, whatever happens meanwhile', () => {
    const world = new World({ ranges: [{ first: 0, count: 50 }], workers: 3, strategy: 'self', chunk: 1 });
    const [first, second, third] = world.workers;
    for (const worker of [first!, second!]) {
      world.becomeReady(worker);
      world.deliver(worker);
      world.read(worker);
    }
    world.kill(first!);
    world.deliver(first!);
    world.compute(second!, 1);
    world.send(second!);
    world.deliver(second!);
    world.drained();
    world.read(second!);
    expect(second!.ranges).toEqual([{ first: 0, count: 1, attempt: 1, isAlone: true }]);
    // Another death has everybody asked whether they can take more.
    world.kill(third!);
    world.deliver(third!);
    expect(second!.inbox).toHaveLength(0);
    world.settle();
    expect(world.rows.size).toBe(50);
  });

  test('costs as many workers as the limit says, and one more', () => {
    const options = {
      ranges: [{ first: 0, count: 100 }],
      workers: 3,
      deadly: new Set([fatal]),
      crashLimit: 3,
    };
    const world = new World(options);
    world.settle();
    expectComplete(world, options);
    expect(world.deaths).toEqual(new Map([[fatal, 4]]));
    expect(world.rows.get(fatal)).toMatchObject([{ failure: expect.stringContaining('after 3 workers') }]);
  });

  test('that is very long neither lists its cases nor tries them all alone', () => {
    const count = 2_000_000;
    const options = { ranges: [{ first: 0, count }], workers: 2, strategy: 'block' as const };
    const world = new World(options);
    const [first] = world.workers;
    world.becomeReady(first!);
    world.deliver(first!);
    world.read(first!);
    world.compute(first!, 100);
    world.send(first!);
    world.deliver(first!);
    world.kill(first!);
    world.deliver(first!);
    expect(world.state.suspects.length).toBeLessThan(10);
    expect(world.state.scheduler.remaining).toBeGreaterThan(count - 10_000);
  });
});
