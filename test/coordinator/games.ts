/** Games against the coordinator: happenings in any order, drawn by fast-check. */
import fc from 'fast-check';
import { strategies } from '../../src/study/study.js';
import { holes } from '../schedule/arbitraries.js';
import { World, type WorldOptions } from './world.js';

export const settings = fc.record({
  ranges: holes,
  workers: fc.integer({ min: 1, max: 4 }),
  strategy: fc.constantFrom(...strategies),
  chunk: fc.oneof(fc.constant('auto' as const), fc.integer({ min: 1, max: 20 })),
  backlogLimitBytes: fc.constantFrom(1, 300, 1 << 20),
  depthLimit: fc.constantFrom(1, 3, 64),
  blockMs: fc.constantFrom(0, 0.1, 3, 500),
});

/** Which worker, what happens, and how much of it. */
export const moves = fc.array(
  fc.tuple(fc.nat({ max: 99 }), fc.nat({ max: 99 }), fc.integer({ min: 1, max: 12 })),
  {
    maxLength: 200,
    // The default would be a dozen moves, after which hardly a result has come.
    size: 'max',
  },
);

type Move = readonly [draw: number, what: number, size: number];

export function move(world: World, [draw, what, size]: Move): void {
  const worker = world.workers[draw % world.workers.length]!;
  if (what < 8) world.becomeReady(worker);
  else if (what < 25 && worker.state === 'ready') world.read(worker);
  else if (what < 50) world.compute(worker, size);
  else if (what < 60 && worker.state === 'ready') world.send(worker);
  else if (what < 85) world.deliver(worker);
  else if (what < 93) world.drained();
  else world.sync(size / 12);
}

export function play(options: WorldOptions, happenings: readonly Move[], kills = 0): World {
  const world = new World(options);
  let killed = 0;
  for (const happening of happenings) {
    move(world, happening);
    // What a user is shown as done must be done.
    if (world.state.durable > world.durableCases.cases) throw new Error('counted before it was durable');
    if (killed < kills && happening[0] % 17 === 0) {
      killed++;
      world.kill(world.workers[happening[1] % world.workers.length]!);
    }
  }
  return world;
}
