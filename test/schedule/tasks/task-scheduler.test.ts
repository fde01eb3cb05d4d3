import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { amountsOf } from '../../../src/schedule/tasks/hosts.js';
import { TaskScheduler } from '../../../src/schedule/tasks/task-scheduler.js';
import type { Resources } from '../../../src/schedule/tasks/task-set.js';
import type { Strategy } from '../../../src/study/study.js';
import { strategies } from '../../../src/study/study.js';
import { type Drawn, drawnTasks, host, needs, plain, setOf } from './arbitraries.js';

/** Workers, three on a host. */
function schedulerOf(
  drawn: Drawn,
  { workers = 3, strategy = 'adaptive' as Strategy, owned = host, isInOrder = false } = {},
): TaskScheduler {
  const scheduler = new TaskScheduler({
    set: setOf(drawn, { isInOrder }),
    strategy,
    ranges: [{ first: 0, count: drawn.count }],
    apart: [],
    failed: [],
  });
  for (let worker = 0; worker < workers; worker++) {
    scheduler.place(worker, `host ${Math.floor(worker / 3)}`, amountsOf(owned));
  }
  return scheduler;
}

const chunk = { first: 0, count: 0 };

function take(scheduler: TaskScheduler, worker = 0): number | undefined {
  return scheduler.next(worker, chunk) ? chunk.first : undefined;
}

/** The order in which one worker gets all cases. */
function orderOf(scheduler: TaskScheduler): number[] {
  const order: number[] = [];
  for (let index = take(scheduler); index !== undefined; index = take(scheduler)) {
    order.push(index);
    scheduler.complete(index, 1);
  }
  return order;
}

describe('cases that may start', () => {
  test.each<[string, Partial<Drawn>, Strategy, boolean, number[]]>([
    ['in the order of the study', {}, 'self', false, [0, 1, 2, 3]],
    ['higher priority first', { priorities: [1, 3, 2, 3] }, 'self', false, [1, 3, 2, 0]],
    ['the dearest first', { costs: [1, 3, 2, 4] }, 'adaptive', false, [3, 1, 2, 0]],
    ['the dearest first', { costs: [1, 3, 2, 4] }, 'lpt', false, [3, 1, 2, 0]],
    [
      'by priority, then the dearest',
      { costs: [1, 3, 2, 4], priorities: [1, 1, 0, 0] },
      'lpt',
      false,
      [1, 0, 3, 2],
    ],
    [
      'in the order of the study, though costs are known',
      { costs: [1, 3, 2, 4] },
      'guided',
      false,
      [0, 1, 2, 3],
    ],
    ['in the order of the study by rule', { costs: [1, 3, 2, 4] }, 'adaptive', true, [0, 1, 2, 3]],
    [
      'the one with the longest chain behind it',
      { costs: [2, 1, 1, 1], dependencies: [[], [], [1], [2]] },
      'adaptive',
      false,
      [1, 0, 2, 3],
    ],
    [
      'the dearest first, whatever waits behind it',
      { costs: [2, 1, 1, 1], dependencies: [[], [], [1], [2]] },
      'lpt',
      false,
      [0, 1, 2, 3],
    ],
    ['level by level', { levels: [2, 0, 1, 0] }, 'adaptive', false, [1, 3, 2, 0]],
  ])('go %s (%j by %s)', (_, more, strategy, isInOrder, expected) => {
    expect(orderOf(schedulerOf(plain(4, more), { strategy, isInOrder }))).toEqual(expected);
  });
});

describe('a host', () => {
  const small = 0;
  const large = 1;

  test('is not given more than it has room for, on all its workers together', () => {
    const scheduler = schedulerOf(plain(5, { kinds: Array(5).fill(4) }), { workers: 6 });
    // Two cores, half the memory, the GPU: one on each host.
    expect([0, 1, 2, 3, 4, 5].map((worker) => take(scheduler, worker))).toEqual([
      0,
      undefined,
      undefined,
      1,
      undefined,
      undefined,
    ]);
  });

  test('is kept free for a large case that is next, so that small ones do not pass it for ever', () => {
    const kinds = [small, large, small, small, small];
    const scheduler = schedulerOf(plain(5, { kinds }));
    expect(take(scheduler, 0)).toBe(0);
    expect(take(scheduler, 1)).toBeUndefined();
    expect(take(scheduler, 2)).toBeUndefined();
    expect(scheduler.blocked(9)).toEqual([{ index: 1, host: 'host 0' }]);
    scheduler.complete(0, 1);
    expect(take(scheduler, 2)).toBe(1);
    expect(take(scheduler, 0)).toBeUndefined();
    scheduler.complete(1, 1);
    expect(orderOf(scheduler)).toEqual([2, 3, 4]);
  });

  test('that is kept free computes what occupies nothing', () => {
    const set = setOf(plain(3, { kinds: [small, large, 5] }));
    const nothing = { cores: 0, memoryBytes: 0, gpus: 0 };
    const scheduler = new TaskScheduler({
      set: { ...set, needs: { kinds: [...needs, nothing], kindOf: set.needs!.kindOf } },
      ...{ strategy: 'self', ranges: [{ first: 0, count: 3 }], apart: [], failed: [] },
    });
    for (const worker of [0, 1, 2]) scheduler.place(worker, 'host', amountsOf(host));
    expect([take(scheduler, 0), take(scheduler, 1)]).toEqual([0, undefined]);
    expect([take(scheduler, 1), take(scheduler, 2)]).toEqual([2, undefined]);
    scheduler.complete(0, 1);
    expect(take(scheduler, 2)).toBe(1);
  });

  test('is not kept free while an idle worker of another host has room', () => {
    const scheduler = schedulerOf(plain(3, { kinds: [small, large, small] }), { workers: 6 });
    expect(take(scheduler, 0)).toBe(0);
    expect(take(scheduler, 1)).toBeUndefined();
    expect(scheduler.blocked(9)).toEqual([]);
    expect(take(scheduler, 4)).toBe(1);
    expect(take(scheduler, 1)).toBe(2);
  });

  test('that is lost gives what was waiting for it to others', () => {
    const scheduler = schedulerOf(plain(3, { kinds: [small, large, small] }));
    expect(take(scheduler, 0)).toBe(0);
    expect(take(scheduler, 1)).toBeUndefined();
    expect(scheduler.blocked(9)).toEqual([{ index: 1, host: 'host 0' }]);
    for (const worker of [3, 4, 5]) scheduler.place(worker, 'host 1', amountsOf(host));
    scheduler.giveBack(0, 1);
    for (const worker of [0, 1, 2]) scheduler.release(worker);
    expect([...scheduler.hosts].map(({ name }) => name)).toEqual(['host 1']);
    expect(take(scheduler, 3)).toBe(0);
    expect(take(scheduler, 4)).toBeUndefined();
    scheduler.complete(0, 1);
    expect(take(scheduler, 4)).toBe(1);
  });

  test('too small for a case says so beforehand', () => {
    const owned: Resources = { cores: 2, memoryBytes: 100, gpus: 0 };
    const scheduler = schedulerOf(plain(5, { kinds: [0, 1, 2, 3, 4] }), { owned });
    expect(scheduler.unplaceable()).toEqual([1, 3, 4]);
    for (const index of scheduler.unplaceable()) scheduler.end(index, false);
    expect(scheduler.remaining).toBe(2);
    expect(orderOf(scheduler)).toEqual([0, 2]);
  });
});

interface Job {
  readonly index: number;
  readonly worker: number;
  readonly endsAt: number;
}

/** Workers take what they are given and end after its cost, in simulated time. What may not be is an exception. */
function play(drawn: Drawn, strategy: Strategy, hosts: number, fails: (index: number) => boolean) {
  const workers = hosts * 3;
  const scheduler = schedulerOf(drawn, { workers, strategy });
  const outcome = new Map<number, boolean>();
  let jobs: Job[] = [];
  let now = 0;
  const note = (): void => {
    for (const index of scheduler.cancelled.splice(0)) outcome.set(index, false);
  };
  note();
  for (;;) {
    let idle = 0;
    for (let worker = 0; worker < workers; worker++) {
      if (jobs.some((job) => job.worker === worker)) continue;
      const index = take(scheduler, worker);
      if (index === undefined) {
        idle++;
        continue;
      }
      for (const before of drawn.dependencies[index]!) expect(outcome.get(before)).toBe(true);
      jobs.push({ index, worker, endsAt: now + (drawn.costs?.[index] ?? 1) });
      expectRoom(drawn, jobs);
    }
    const [next] = jobs.toSorted((a, b) => a.endsAt - b.endsAt || a.worker - b.worker);
    if (!next) {
      expect(idle).toBe(workers);
      break;
    }
    now = next.endsAt;
    jobs = jobs.filter((job) => job !== next);
    const hasCompleted = !fails(next.index);
    outcome.set(next.index, hasCompleted);
    if (hasCompleted) scheduler.complete(next.index, 1);
    else scheduler.end(next.index, false);
    note();
  }
  return { outcome, makespan: now, scheduler };
}

function expectRoom({ kinds }: Drawn, jobs: readonly Job[]): void {
  if (!kinds) return;
  const used = new Map<number, Resources>();
  for (const { index, worker } of jobs) {
    const place = Math.floor(worker / 3);
    const { cores, memoryBytes, gpus } = used.get(place) ?? { cores: 0, memoryBytes: 0, gpus: 0 };
    const need = needs[kinds[index]!]!;
    used.set(place, {
      cores: cores + need.cores,
      memoryBytes: memoryBytes + need.memoryBytes,
      gpus: gpus + need.gpus,
    });
  }
  for (const { cores, memoryBytes, gpus } of used.values()) {
    expect(cores).toBeLessThanOrEqual(host.cores);
    expect(memoryBytes).toBeLessThanOrEqual(host.memoryBytes);
    expect(gpus).toBeLessThanOrEqual(host.gpus);
  }
}

describe('whatever cases depend on and need', () => {
  test('every one is computed once or cancelled, none before its time, and none without room', () => {
    const someStrategy = fc.constantFrom(...strategies);
    const failures = fc.uniqueArray(fc.nat({ max: 39 }), { maxLength: 4 });
    fc.assert(
      fc.property(
        drawnTasks,
        someStrategy,
        fc.integer({ min: 1, max: 3 }),
        failures,
        (drawn, strategy, hosts, failing) => {
          const { outcome, scheduler } = play(drawn, strategy, hosts, (index) => failing.includes(index));
          expect(outcome.size).toBe(drawn.count);
          expect(scheduler.remaining).toBe(0);
          expect(scheduler.readyCount).toBe(0);
          outcome.forEach((hasCompleted, index) => {
            const isDoomed = drawn.dependencies[index]!.some((before) => outcome.get(before) === false);
            expect(hasCompleted).toBe(!isDoomed && !failing.includes(index));
          });
        },
      ),
      { numRuns: 300 },
    );
  });

  test('the run ends within what list scheduling promises, where nothing but workers is short', () => {
    fc.assert(
      fc.property(drawnTasks, fc.integer({ min: 1, max: 3 }), (drawn, hosts) => {
        const free = { ...drawn, levels: undefined, kinds: undefined };
        const workers = hosts * 3;
        const costs = Array.from({ length: drawn.count }, (_, i) => drawn.costs?.[i] ?? 1);
        const total = costs.reduce((sum, cost) => sum + cost, 0);
        const { makespan } = play(free, 'adaptive', hosts, () => false);
        const paths: number[] = [];
        free.dependencies.forEach((list, i) => {
          paths.push(costs[i]! + Math.max(0, ...list.map((before) => paths[before]!)));
        });
        const critical = Math.max(...paths);
        const bound = Math.max(total / workers, critical);
        // Graham 1966: 2 − 1/p times the best, of which the larger of both is a lower bound.
        expect(makespan).toBeLessThanOrEqual((2 - 1 / workers) * bound + 1e-9);
        const independent = play(
          { ...free, dependencies: plain(drawn.count).dependencies },
          'adaptive',
          hosts,
          () => false,
        );
        expect(independent.makespan).toBeLessThanOrEqual(total / workers + Math.max(...costs) + 1e-9);
      }),
      { numRuns: 100 },
    );
  });

  test('a large case gets its turn before the small ones that come behind it in the order', () => {
    const count = 200;
    const kinds = Array.from({ length: count }, (_, i) => (i === 50 ? 1 : 0));
    const costs = Array.from({ length: count }, (_, i) => 1 + (i % 3));
    const scheduler = schedulerOf(plain(count, { kinds }), { strategy: 'self' });
    const running = new Map<number, { index: number; endsAt: number }>();
    const started: number[] = [];
    for (let now = 0; started.length < count; now++) {
      for (const [worker, { index, endsAt }] of running) {
        if (endsAt > now) continue;
        running.delete(worker);
        scheduler.complete(index, 1);
      }
      for (const worker of [0, 1, 2]) {
        if (running.has(worker)) continue;
        const index = take(scheduler, worker);
        if (index === undefined) continue;
        running.set(worker, { index, endsAt: now + costs[index]! });
        started.push(index);
      }
    }
    expect(started).toEqual(Array.from({ length: count }, (_, i) => i));
  });
});

test('cases that were done, failed or are seen to by others are not handed out', () => {
  const drawn = plain(6, { dependencies: [[], [], [0], [1], [3], []] });
  const scheduler = new TaskScheduler({
    set: setOf(drawn),
    strategy: 'self',
    ranges: [{ first: 2, count: 3 }],
    apart: [{ first: 5, count: 1 }],
    failed: [1],
  });
  expect(scheduler.cancelled.splice(0).sort()).toEqual([3, 4]);
  expect(orderOf(scheduler)).toEqual([2]);
  scheduler.giveBack(5, 1);
  expect(scheduler.remaining).toBe(1);
  expect(orderOf(scheduler)).toEqual([5]);
});

test('a million cases in chains are handed out within seconds', () => {
  const count = 1_000_000;
  const dependencies = Array.from({ length: count }, (_, i) => (i < 1000 ? [] : [i - 1000]));
  const scheduler = schedulerOf(plain(count, { dependencies }));
  expect(orderOf(scheduler)).toHaveLength(count);
});
