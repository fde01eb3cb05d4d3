import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { moves, play, settings } from './games.js';
import { World, type WorldOptions } from './world.js';

describe('a worker that has nothing while others hold much', () => {
  const ready = (workers: number, cases: number, options: Partial<WorldOptions> = {}): World => {
    const world = new World({
      ranges: [{ first: 0, count: cases }],
      workers,
      strategy: 'work-stealing',
      ...options,
    });
    for (const worker of world.workers) world.becomeReady(worker);
    for (const worker of world.workers) world.deliver(worker);
    return world;
  };
  const turn = (world: World, place: number, cases: number): void => {
    const worker = world.workers[place]!;
    while (worker.inbox.length > 0) world.read(worker);
    world.compute(worker, cases);
    world.send(worker);
    while (worker.outbox.length > 0) world.deliver(worker);
    world.drained();
  };

  test('gets half of what the fullest has not begun', () => {
    const world = ready(2, 1000);
    // One case is known to be short, so that each is sent half of its queue, and worker 1 ends all that there is.
    turn(world, 0, 1);
    turn(world, 1, 1);
    while (world.revokes === 0) turn(world, 1, 1000);
    const [victim, thief] = world.workers;
    expect(thief!.ranges).toEqual([]);
    const held = (): number => victim!.ranges.reduce((sum, { count }) => sum + count, 0);
    while (victim!.inbox.length > 0) world.read(victim!);
    expect(world.releasedCases).toBeGreaterThan(50);
    expect(world.releasedCases - held()).toBeLessThanOrEqual(1);
    while (victim!.outbox.length > 0) world.deliver(victim!);
    while (thief!.inbox.length > 0) world.read(thief!);
    expect(thief!.ranges).not.toEqual([]);
    world.settle();
    expect(world.rows.size).toBe(1000);
    expect([...world.rows.values()].every((rows) => rows.length === 1)).toBe(true);
  });

  test('is helped all the same when the one that was asked dies', () => {
    const world = ready(2, 1000);
    turn(world, 0, 1);
    turn(world, 1, 1);
    while (world.revokes === 0) turn(world, 1, 1000);
    world.kill(world.workers[0]!);
    world.settle();
    expect(world.rows.size).toBe(1000);
    expect(world.state.asked).toBe(0);
    expect(world.leftovers()).toEqual([]);
  });

  test.each(['block', 'cyclic', 'lpt', 'self', 'guided', 'factoring', 'adaptive-factoring'] as const)(
    'waits where the strategy is %s, which says what a worker gets',
    (strategy) => {
      const world = ready(2, 1000, { strategy });
      for (let i = 0; i < 50; i++) turn(world, 1, 1000);
      expect(world.revokes).toBe(0);
      world.settle();
      expect(world.rows.size).toBe(1000);
    },
  );

  test('asks each at most once for everything that it returns, and nobody twice in vain', () => {
    fc.assert(
      fc.property(settings, moves, (options, happenings) => {
        const world = play(options, happenings);
        world.settle();
        const results = [...world.rows.values()].length;
        expect(world.revokes).toBeLessThanOrEqual(2 * (results + options.workers));
        expect(world.state.asked).toBe(0);
      }),
      { numRuns: 60 },
    );
  });
});
