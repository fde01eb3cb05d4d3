import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { strategies } from '../../src/study/study.js';
import { casesOf, holes } from '../schedule/arbitraries.js';
import { World, type WorldOptions } from './world.js';

/** Attempts at a case before one completes; more than there may be: it never does. */
const stubbornness = (index: number): number => (index * 7919) % 5;

const failing: WorldOptions['failing'] = (index, attempt) => {
  if (attempt > stubbornness(index)) return undefined;
  return index % 3 === 0 ? 'timeout' : 'failed';
};

describe('a case that fails', () => {
  test('is tried as often as the study says, whatever else happens, and each attempt has its number', () => {
    const settings = fc.record({
      ranges: holes,
      workers: fc.integer({ min: 1, max: 4 }),
      strategy: fc.constantFrom(...strategies),
      chunk: fc.oneof(fc.constant('auto' as const), fc.integer({ min: 1, max: 20 })),
      retries: fc.integer({ min: 0, max: 4 }),
      blockMs: fc.constantFrom(0, 3, 500),
      kills: fc.array(fc.nat({ max: 3 }), { maxLength: 2 }),
    });
    fc.assert(
      fc.property(settings, ({ kills, ...options }) => {
        const world = new World({ ...options, failing });
        for (const kill of kills) {
          for (const worker of world.workers) {
            world.becomeReady(worker);
            world.deliver(worker);
            world.read(worker);
            world.compute(worker, 3);
          }
          world.kill(world.workers[kill % world.workers.length]!);
        }
        world.settle();
        const cases = casesOf(options.ranges);
        expect([...world.rows.keys()].sort((a, b) => a - b)).toEqual(cases);
        let retries = 0;
        for (const index of cases) {
          const last = Math.min(stubbornness(index), options.retries) + 1;
          const isCompleted = stubbornness(index) < last;
          const expected = isCompleted ? undefined : failing(index, last);
          expect(world.rows.get(index)).toMatchObject([{ attempt: last, failure: expected }]);
          retries += last - 1;
          // A worker that died with an attempt costs a repetition of it and none of the retries.
          expect([...new Set(world.attempts.get(index))]).toEqual(
            Array.from({ length: last }, (_, i) => i + 1),
          );
        }
        expect(world.state.retries).toBe(retries);
        expect(world.leftovers()).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  test('waits longer before each retry, up to the most, and holds up nobody', () => {
    const backoff = { firstMs: 100, mostMs: 350 };
    const always = (index: number) => (index === 0 ? ('failed' as const) : undefined);
    const world = new World({
      ...{ ranges: [{ first: 0, count: 3 }], workers: 1, chunk: 1, strategy: 'self' },
      ...{ retries: 4, backoff, failing: always, blockMs: 500 },
    });
    const [worker] = world.workers;
    const turn = (): void => {
      world.becomeReady(worker!);
      world.deliver(worker!);
      world.read(worker!);
      world.compute(worker!, 1);
      world.send(worker!);
      world.deliver(worker!);
      world.drained();
    };
    for (let i = 0; i < 4; i++) turn();
    expect([...world.attempts.keys()]).toEqual([0, 1, 2]);
    const waits: number[] = [];
    for (let attempt = 2; attempt <= 5; attempt++) {
      const from = world.nowMs;
      while (world.attempts.get(0)!.length < attempt) {
        world.advance(10);
        turn();
      }
      waits.push(world.nowMs - from);
    }
    expect(waits).toEqual([100, 200, 350, 350]);
    world.settle();
    expect(world.rows.get(0)).toMatchObject([{ attempt: 5, failure: 'failed' }]);
    expect(world.state).toMatchObject({ retries: 4, timeouts: 0 });
  });

  test('and waits when the run is stopped has no row, and is left for a resume', () => {
    const options = { ranges: [{ first: 0, count: 1 }], workers: 1, retries: 3 };
    const world = new World({ ...options, failing: () => 'timeout' });
    const [worker] = world.workers;
    world.becomeReady(worker!);
    world.deliver(worker!);
    world.read(worker!);
    world.compute(worker!, 1);
    world.send(worker!);
    world.deliver(worker!);
    world.stop();
    world.settle();
    expect(world.rows.size).toBe(0);
    expect(world.attempts.get(0)).toEqual([1]);
    expect(world.state).toMatchObject({ retries: 1, timeouts: 1, appended: 0 });
  });

  test('in an earlier session goes on with the next attempt, and one that the user asks for again has all retries', () => {
    const world = new World({
      ranges: [0, 1, 2].map((first) => ({ first, count: 1 })),
      ...{ workers: 2, retries: 2, failing: () => 'failed' },
      past: {
        tried: [
          [1, { attempts: 2, forgiven: 0 }],
          [2, { attempts: 3, forgiven: 3 }],
        ],
        ...{ crashes: [], shortages: [], suspects: [], culprit: undefined, isBrokenOff: false },
      },
    });
    world.settle();
    expect(Object.fromEntries(world.attempts)).toEqual({ 0: [1, 2, 3], 1: [3], 2: [4, 5, 6] });
  });
});
