/** Cases that depend on one another and occupy resources, among workers that fail and die. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { refuseUnplaceable, strandedCases } from '../../src/coordinator/task-events.js';
import type { CaseGrant } from '../../src/messages/message.js';
import { type Amounts, amountsOf } from '../../src/schedule/tasks/hosts.js';
import { TaskScheduler } from '../../src/schedule/tasks/task-scheduler.js';
import type { Resources } from '../../src/schedule/tasks/task-set.js';
import { type Strategy, strategies } from '../../src/study/study.js';
import { type Drawn, drawnTasks, host, needs, plain, setOf } from '../schedule/tasks/arbitraries.js';
import { move, moves } from './games.js';
import { World, type WorldOptions } from './world.js';

interface Setup extends Partial<WorldOptions> {
  readonly hosts?: number;
  readonly owned?: Amounts;
  readonly strategy?: Strategy;
}

/** Three workers, spread over hosts. Nothing may be computed while something is in its way. */
function worldOf(
  drawn: Drawn,
  { hosts = 1, owned = amountsOf(host), strategy = 'adaptive', ...options }: Setup = {},
): World {
  const ranges = [{ first: 0, count: drawn.count }];
  const scheduler = new TaskScheduler({ set: setOf(drawn), strategy, ranges, apart: [], failed: [] });
  const world: World = new World({
    ...{ ranges, workers: 3, scheduler, ...options },
    onStart: (worker) => scheduler.place(worker, `host ${worker % hosts}`, owned, names),
    onCompute: (index, grant) => {
      if (drawn.kinds) expectGrant(grant, needs[drawn.kinds[index]!]!);
      for (const before of drawn.dependencies[index]!) {
        expect(world.rows.get(before)).toMatchObject([{ failure: undefined }]);
      }
      drawn.levels?.forEach((level, other) => {
        if (level < drawn.levels![index]!) expect(world.rows.has(other)).toBe(true);
      });
    },
  });
  return world;
}

const names = { cores: [0, 1, 2, 3], gpus: ['GPU-a'] };

/** Who computes has been told which cores and GPUs are the case's. */
function expectGrant(grant: CaseGrant | undefined, { cores, gpus }: Resources): void {
  expect(grant?.cores ?? 0).toBe(cores);
  expect(grant?.coreIds ?? []).toHaveLength(Math.ceil(cores));
  expect(grant?.gpus).toEqual(gpus > 0 ? names.gpus : []);
}

function expectRoom(world: World, { kinds }: Drawn, hosts: number): void {
  if (!kinds) return;
  for (let place = 0; place < hosts; place++) {
    const cores = [...world.state.workers.values()]
      .filter(({ worker }) => worker % hosts === place)
      .flatMap(({ outstanding }) => outstanding.front(99))
      .reduce((sum, { first }) => sum + needs[kinds[first]!]!.cores, 0);
    expect(cores).toBeLessThanOrEqual(host.cores);
  }
}

const failureAt = (world: World, index: number) => world.rows.get(index)?.[0]?.failure;

describe('whatever the order of events', () => {
  test('every case has one row: its result, how it failed, or because of whom it was cancelled', () => {
    const setup = fc.record({
      drawn: drawnTasks,
      happenings: moves,
      hosts: fc.integer({ min: 1, max: 3 }),
      strategy: fc.constantFrom(...strategies),
      blockMs: fc.constantFrom(0.1, 3, 500),
      retries: fc.nat({ max: 2 }),
      isFragile: fc.boolean(),
    });
    // Attempts that fail of each case: none of most, of some more than there may be.
    const stubbornness = (index: number): number => Math.max(0, ((index * 7 + 3) % 11) - 7);
    const failing = (index: number, attempt: number) =>
      attempt <= stubbornness(index) ? ('failed' as const) : undefined;
    fc.assert(
      fc.property(setup, ({ drawn, happenings, hosts, ...options }) => {
        const world = worldOf(drawn, { hosts, failing, ...options });
        let kills = 0;
        for (const happening of happenings) {
          move(world, happening);
          expectRoom(world, drawn, hosts);
          if (happening[0] % 17 > 0 || kills++ >= 2) continue;
          world.kill(world.workers[happening[1] % world.workers.length]!);
        }
        world.settle();
        expect(world.rows.size).toBe(drawn.count);
        for (const [index, rows] of world.rows) {
          expect(rows).toHaveLength(1);
          const cause = drawn.dependencies[index]!.find((before) => failureAt(world, before) !== undefined);
          const fails = stubbornness(index) > options.retries;
          if (cause !== undefined) {
            expect(rows[0]!.failure).toContain(`DependencyFailed: it depends on case ${cause}, which`);
          } else {
            expect(rows[0]!.failure).toBe(fails ? 'failed' : undefined);
          }
        }
        expect(world.leftovers()).toEqual([]);
        expect(world.state.scheduler.remaining).toBe(0);
        expect(world.state.durable).toBe(drawn.count);
      }),
      { numRuns: 150 },
    );
  });

  test('a stop ends it, and leaves what waits without a row', () => {
    fc.assert(
      fc.property(drawnTasks, moves, (drawn, happenings) => {
        const world = worldOf(drawn);
        for (const happening of happenings.slice(0, 60)) move(world, happening);
        world.stop();
        world.settle();
        expect(world.assignedAfterStop).toBe(0);
        expect([...world.rows.values()].every((rows) => rows.length === 1)).toBe(true);
        expect(world.alive).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });
});

describe('a case whose dependency failed', () => {
  test('is cancelled with all that depend on it, and each row says why', () => {
    const drawn = plain(5, { dependencies: [[], [0], [1], [], [3, 2]] });
    const world = worldOf(drawn, { failing: (index) => (index === 0 ? 'timeout' : undefined) });
    world.settle();
    expect(failureAt(world, 1)).toBe('DependencyFailed: it depends on case 0, which did not complete');
    expect(failureAt(world, 2)).toBe(
      'DependencyFailed: it depends on case 1, which was cancelled because case 0 did not complete',
    );
    expect(failureAt(world, 3)).toBeUndefined();
    expect(failureAt(world, 4)).toContain('it depends on case 2');
    // It was never computed.
    expect(world.rows.get(4)).toMatchObject([{ attempt: 0 }]);
  });

  test('waits for a retry that may mend it', () => {
    const drawn = plain(2, { dependencies: [[], [0]] });
    const world = worldOf(drawn, {
      retries: 1,
      failing: (index, attempt) => (index === 0 && attempt === 1 ? 'failed' : undefined),
    });
    world.settle();
    expect([...world.rows.values()].map(([row]) => row!.failure)).toEqual([undefined, undefined]);
    expect(world.nowMs).toBe(1000);
  });

  test('because it killed its workers is given up, and takes its dependents with it', () => {
    const drawn = plain(4, { dependencies: [[], [0], [], []] });
    const world = worldOf(drawn, { deadly: new Set([0]), crashLimit: 2 });
    world.settle();
    expect(failureAt(world, 0)).toContain('WorkerLost');
    expect(failureAt(world, 1)).toContain('DependencyFailed');
    expect(world.rows.size).toBe(4);
  });
});

describe('resources', () => {
  test('that no host has make a case fail before anything is computed, and what depends on it with it', () => {
    const drawn = plain(4, { kinds: [0, 1, 0, 0], dependencies: [[], [], [1], []] });
    const owned = amountsOf({ cores: 2, memoryBytes: 1e9, gpus: 0 });
    const world = worldOf(drawn, { owned });
    refuseUnplaceable(world.state, world.comm);
    expect(failureAt(world, 1)).toBe(
      'Unplaceable: it needs 4 cores and 1 bytes; no host offers its workers more than 2 cores and 1 GB',
    );
    expect(failureAt(world, 2)).toContain('DependencyFailed');
    world.settle();
    expect(world.rows.size).toBe(4);
  });

  test('of a host that is lost leave its cases for a later session, once nothing else is left to do', () => {
    const scheduler = new TaskScheduler({
      set: setOf(plain(3, { kinds: [0, 1, 0] })),
      ...{ strategy: 'self', ranges: [{ first: 0, count: 3 }], apart: [], failed: [] },
    });
    const small = amountsOf({ cores: 1, memoryBytes: 100, gpus: 0 });
    const world = new World({
      ...{ ranges: [], workers: 2, scheduler, hasSuccessors: false },
      onStart: (worker) => scheduler.place(worker, `host ${worker}`, worker === 0 ? amountsOf(host) : small),
    });
    world.kill(world.workers[0]!);
    world.deliver(world.workers[0]!);
    expect(strandedCases(world.state)).toBe(0);
    world.settle();
    expect(world.rows.size).toBe(2);
    expect(strandedCases(world.state)).toBe(1);
  });
});
