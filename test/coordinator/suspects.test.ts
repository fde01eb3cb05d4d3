/** Cases that were in flight when a session ended without a word, or at a worker that died. */
import { describe, expect, test } from 'vitest';
import { noPast, type Past } from '../../src/coordinator/state.js';
import { World } from './world.js';

const nine = [{ first: 0, count: 9 }];

/** Suspects are no part of the ranges. */
function worldWith(past: Partial<Past>, options: { isFragile?: boolean; crashLimit?: number } = {}): World {
  return new World({ ranges: nine, workers: 3, chunk: 1, past: { ...noPast, ...past }, ...options });
}

function begin(world: World): void {
  for (const worker of world.workers) {
    world.becomeReady(worker);
    world.deliver(worker);
    world.read(worker);
  }
}

const given = (world: World) => world.workers.map(({ ranges }) => ranges);

describe('suspects of an earlier session', () => {
  test('are handed out before all others, each alone at a worker', () => {
    const world = worldWith({ suspects: [{ first: 20, count: 2 }] });
    begin(world);
    expect(given(world)).toEqual([
      [{ first: 20, count: 1, attempt: 1, isAlone: true }],
      [{ first: 21, count: 1, attempt: 1, isAlone: true }],
      [{ first: 0, count: 1, attempt: 1 }],
    ]);
    world.settle();
    expect(world.rows.size).toBe(11);
  });

  test('are one at a time in the whole run where a death ends it, and the next waits for the disk', () => {
    const world = worldWith({ suspects: [{ first: 20, count: 2 }] }, { isFragile: true });
    begin(world);
    // Not before the last worker is ready: its death while it loads the kernel would be taken for the work of the case.
    expect(given(world)).toEqual([[], [], [{ first: 20, count: 1, attempt: 1, isAlone: true }]]);
    const [first, , last] = world.workers;
    world.compute(last!, 1);
    world.send(last!);
    world.deliver(last!);
    world.drained();
    expect(world.isHastened).toBe(true);
    expect(world.workers.every(({ inbox }) => inbox.length === 0)).toBe(true);
    world.sync(1);
    for (const worker of world.workers) world.read(worker);
    expect(given(world).flat()).toEqual([{ first: 21, count: 1, attempt: 1, isAlone: true }]);
    world.settle();
    expect(world.rows.size).toBe(11);
    expect(first!.ranges).toEqual([]);
    expect(world.state.isHoldingBack).toBe(false);
  });

  test('that are very many are tried in parts where a death ends the run', () => {
    const world = worldWith({ suspects: [{ first: 100, count: 100_000 }] }, { isFragile: true });
    begin(world);
    expect(given(world).flat()).toEqual([{ first: 100, count: 25, attempt: 1, isAlone: true }]);
    expect(world.state.suspects.length).toBe(3999);
  });

  test('of which one was all that was computed when the run ended: it has killed once more', () => {
    const culprit = { first: 20, count: 1 };
    const world = worldWith({ suspects: [{ first: 21, count: 1 }, culprit], culprit, crashes: [[20, 1]] });
    expect(world.crashes).toEqual(new Map([[20, 2]]));
    world.settle();
    // It may yet complete.
    expect(world.rows.get(20)).toMatchObject([{ failure: undefined }]);
  });

  test('and that had killed often enough is given up before anything is computed', () => {
    const culprit = { first: 20, count: 1 };
    const world = worldWith({ suspects: [culprit], culprit, crashes: [[20, 2]] }, { isFragile: true });
    expect(world.rows.get(20)).toEqual([
      expect.objectContaining({
        failure:
          'WorkerLost: its worker ended with the whole run; given up after 3 workers that died of this case',
      }),
    ]);
    world.settle();
    expect(world.rows.size).toBe(10);
  });
});

test('deaths of a case that was alone are written down as they are counted', () => {
  const deadly = new Set([4]);
  const world = new World({ ranges: nine, workers: 2, chunk: 2, deadly, crashLimit: 2 });
  world.settle();
  expect(world.crashes).toEqual(new Map([[4, 2]]));
  expect(world.rows.get(4)![0]!.failure).toContain('given up after 2 workers');
});
