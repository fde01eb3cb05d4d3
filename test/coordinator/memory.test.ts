/** Cases that run out of memory: tried again with more, in processes of their own, never with more than a host has. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { noPast } from '../../src/coordinator/state.js';
import { casesOf } from '../schedule/arbitraries.js';
import { moves, play, settings } from './games.js';
import { World, type WorldOptions } from './world.js';

const limitBytes = 100;

/** Most cases need little, some more than they may have at first, a few more than any host has. */
const needOf = (index: number): number => (index % 7 === 3 ? ((index * 7919) % 1200) + 50 : 20);

function worldOptions(options: Omit<WorldOptions, 'needs'>): WorldOptions {
  const needs = new Map(casesOf(options.ranges).map((index) => [index, needOf(index)]));
  // What is about crashes is tested elsewhere.
  return { ...options, needs, crashLimit: 1_000 };
}

/** The row that a case becomes, whoever computes it, and when. */
function rowOf(index: number, factor: number, retries: number, hostBytes: number): object {
  const most = Math.max(limitBytes, Math.floor(0.9 * hostBytes));
  for (let attempt = 1; ; attempt++) {
    const may = Math.min(most, limitBytes * factor ** (attempt - 1));
    if (needOf(index) <= may) return { attempt, failure: undefined };
    if (attempt > retries) return { attempt, failure: `OutOfMemory: needed more memory than ${may}` };
  }
}

describe('a case that runs out of memory', () => {
  test('comes to the same row, whatever happens when, and hosts promise no more than they have', () => {
    const game = fc.record({
      options: settings,
      factor: fc.constantFrom(1, 1.5, 2, 10),
      retries: fc.integer({ min: 0, max: 4 }),
      hostBytes: fc.constantFrom(90, 250, 1_000, 1e6),
      leakBytes: fc.constantFrom(0, 60, 90),
      happenings: moves,
      kills: fc.integer({ min: 0, max: 3 }),
    });
    fc.assert(
      fc.property(game, ({ options, factor, retries, hostBytes, leakBytes, happenings, kills }) => {
        const memory = { limitBytes, factor };
        const world = play(
          worldOptions({ ...options, retries, hostBytes, leakBytes, memory }),
          happenings,
          kills,
        );
        world.settle();
        const cases = casesOf(options.ranges);
        expect([...world.rows.keys()].sort((a, b) => a - b)).toEqual(cases);
        for (const index of cases) {
          expect(world.rows.get(index)).toMatchObject([rowOf(index, factor, retries, hostBytes)]);
        }
        expect(world.leftovers()).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  const memory = { limitBytes, factor: 2 };
  const ten = [{ first: 0, count: 10 }];

  test('goes on in a later session with what it may have by then', () => {
    const past = { ...noPast, tried: [[5, { attempts: 2, forgiven: 2 }]], shortages: [[5, 200]] } as const;
    const ranges = [
      { first: 0, count: 5 },
      { first: 5, count: 1 },
      { first: 6, count: 4 },
    ];
    const world = new World({ ranges, workers: 2, needs: new Map([[5, 350]]), memory, past });
    world.settle();
    expect(world.rows.get(5)).toMatchObject([{ attempt: 3, failure: undefined }]);
  });

  test('that earlier ones may have filled is tried once more in a fresh process, which costs it no retry', () => {
    const needs = new Map([[5, 80]]);
    const world = new World({
      ranges: ten,
      workers: 1,
      chunk: 1,
      needs,
      leakBytes: 50,
      memory,
      crashLimit: 1,
    });
    let renewed = 0;
    const { renew } = world.comm;
    Object.assign(world.comm, {
      renew: (...how: Parameters<typeof renew>) => {
        renewed++;
        renew(...how);
      },
    });
    world.settle();
    expect(world.rows.get(5)).toMatchObject([{ attempt: 1, failure: undefined }]);
    expect(world.crashes.size).toBe(0);
    // The successor of the process that died is fresh already.
    expect(renewed).toBe(0);
    expect(world.rows.size).toBe(10);
  });

  test('costs one more process, and none where nothing is left behind it', () => {
    const needs = new Map([[5, 150]]);
    const world = new World({ ranges: ten, workers: 1, chunk: 1, retries: 1, needs, memory });
    const sizes: number[] = [];
    const { renew } = world.comm;
    Object.assign(world.comm, {
      renew: (worker: number, memoryBytes: number) => {
        sizes.push(memoryBytes);
        renew(worker, memoryBytes);
      },
    });
    world.settle();
    expect(world.rows.get(5)).toMatchObject([{ attempt: 2, failure: undefined }]);
    expect(sizes).toEqual([200]);
    expect(world.rows.size).toBe(10);
  });
});
