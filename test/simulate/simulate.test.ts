import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { costsFromRates, type Machine, typicalMachine } from '../../src/simulate/machine.js';
import { simulate } from '../../src/simulate/simulate.js';
import { equalTasks, lognormal, tasksOf } from '../../src/simulate/tasks.js';
import { strategies } from '../../src/study/study.js';

/** Messages that cost nothing and take no time. */
const free = (workers: number): Machine => ({
  workers,
  latencyMs: 0,
  coordinator: { messageMs: 0, blockMs: 0, rangeMs: 0 },
  worker: { pieceMs: 0, messageMs: 0 },
  deaths: [],
  noticeMs: 0,
});

describe.each(strategies)('a simulated run by strategy %s', (strategy) => {
  test('computes every case once, whoever dies and whenever, and is the same each time', () => {
    const setting = fc.record({
      costs: fc.array(fc.double({ min: 0, max: 300, noNaN: true }), { minLength: 1, maxLength: 80 }),
      workers: fc.integer({ min: 1, max: 6 }),
      coordinators: fc.nat(3),
      chunk: fc.oneof(fc.constant('auto' as const), fc.integer({ min: 1, max: 9 })),
      deaths: fc.array(fc.record({ worker: fc.nat(9), atMs: fc.double({ min: 0, max: 3000, noNaN: true }) })),
      noticeMs: fc.double({ min: 0, max: 50, noNaN: true }),
      isTold: fc.boolean(),
    });
    fc.assert(
      fc.property(setting, ({ costs, workers, coordinators, chunk, deaths, noticeMs, isTold }) => {
        const tasks = tasksOf(Float64Array.from(costs));
        const tree = { coordinators: Math.min(coordinators, workers) };
        const machine = { ...typicalMachine(workers), ...tree, deaths, noticeMs, replaceMs: 30 };
        const model = {
          kind: 'known',
          costs: (first: number, count: number) => Float64Array.from(costs.slice(first, first + count)),
        } as const;
        const request = { tasks, machine, strategy, chunk, ...(isTold && { costs: model }) };
        const run = simulate(request);
        expect(run.end).toBe('completed');
        expect(run.computedCases + run.givenUpCases).toBe(costs.length);
        expect(run.doubledCases).toBe(0);
        expect(run.efficiency).toBeLessThanOrEqual(1);
        expect(simulate(request)).toEqual(run);
      }),
      { numRuns: 60 },
    );
  });

  test('keeps all of a hundred workers busy with equal tasks that are long beside messages', () => {
    const run = simulate({
      tasks: equalTasks(20_000, 200),
      machine: typicalMachine(100),
      strategy,
      chunk: 1,
    });
    expect(run.efficiency).toBeGreaterThan(0.99);
  });
});

describe('simulated time', () => {
  test('is that of a list schedule where messages are free', () => {
    const tasks = tasksOf(Float64Array.of(500, 300, 200, 400));
    const run = simulate({ tasks, machine: free(2), strategy: 'self', chunk: 1 });
    // Worker 0: 500, 400. Worker 1: 300, 200.
    expect(run.makespanMs).toBe(900);
    expect(run.efficiency).toBeCloseTo(1400 / 1800, 12);
  });

  test('runs faster on faster workers', () => {
    const request = { tasks: equalTasks(400, 1000), strategy: 'self', chunk: 1 } as const;
    const run = simulate({ ...request, machine: { ...free(2), speeds: [1, 3] } });
    expect(run.makespanMs).toBeCloseTo(100_000, 6);
  });

  test('counts latency, and every message, range and block at the coordinator', () => {
    const machine = { ...free(1), latencyMs: 7, coordinator: { messageMs: 3, blockMs: 2, rangeMs: 5 } };
    const run = simulate({ tasks: equalTasks(1, 100), machine, strategy: 'self', chunk: 1 });
    // Ready is read (3), the task is handed out (5) and travels (7), is computed, its result travels (7), is read (3 + 2).
    expect(run.makespanMs).toBe(3 + 5 + 7 + 100 + 7 + 3 + 2);
    expect(run).toMatchObject({ messages: 2, blocks: 1, coordinatorBusyMs: 13 });
  });

  test('is lost with a worker that dies, until it is noticed and done again', () => {
    const machine = { ...free(2), deaths: [{ worker: 0, atMs: 150 }], noticeMs: 20 };
    const run = simulate({ tasks: equalTasks(4, 1000), machine, strategy: 'self', chunk: 1 });
    // The other one computes the case that was cut as its second, and the two that are left.
    expect(run.makespanMs).toBe(4000);
    expect(run.computedCases).toBe(4);
  });

  test('ends when nobody is left', () => {
    const deaths = [0, 1].map((worker) => ({ worker, atMs: 1500 }));
    const run = simulate({
      tasks: equalTasks(9, 1000),
      machine: { ...free(2), deaths },
      strategy: 'self',
      chunk: 1,
    });
    expect(run).toMatchObject({ end: 'deserted', computedCases: 2 });
  });

  test('gives up a case that is alone with three workers when they die', () => {
    const deaths = [0, 1, 2, 3].map((worker) => ({ worker, atMs: 100 + 200 * worker }));
    const machine = { ...free(1), deaths, replaceMs: 0 };
    const run = simulate({ tasks: equalTasks(1, 1000), machine, strategy: 'self', chunk: 1 });
    expect(run).toMatchObject({ end: 'completed', computedCases: 0, givenUpCases: 1 });
  });
});

describe('the coordinator', () => {
  test('limits tasks that take no time to the rates its costs were taken from', () => {
    const coordinator = costsFromRates(800_000, 4_000_000);
    const machine = { ...free(64), coordinator };
    const tasks = equalTasks(100_000, 0.0001);
    const { makespanMs } = simulate({ tasks, machine, strategy: 'self', chunk: 1 });
    const perSecond = (1000 * tasks.count) / makespanMs;
    expect(perSecond).toBeGreaterThan(790_000);
    expect(perSecond).toBeLessThan(4_000_000);
  });

  test('gives nobody more than it needs while blocks are still short', () => {
    const workers = 3000;
    const run = simulate({
      tasks: equalTasks(workers * 10_000, 0.01),
      machine: typicalMachine(workers),
      strategy: 'adaptive',
      chunk: 'auto',
    });
    expect(run.efficiency).toBeGreaterThan(0.3);
  });

  test('serves ten thousand workers with tasks of a second', () => {
    const workers = 10_000;
    const run = simulate({
      tasks: equalTasks(4 * workers, 1000),
      machine: typicalMachine(workers),
      strategy: 'adaptive',
      chunk: 'auto',
    });
    expect(run.computedCases).toBe(4 * workers);
    expect(run.efficiency).toBeGreaterThan(0.98);
  });
});

describe('node coordinators', () => {
  const tasks = equalTasks(200_000, 1);
  const request = { tasks, strategy: 'self', chunk: 1 } as const;

  test('lift what one coordinator cannot bear: short tasks, one by one', () => {
    const alone = simulate({ ...request, machine: typicalMachine(2000) });
    const tree = simulate({ ...request, machine: { ...typicalMachine(2000), coordinators: 16 } });
    expect(alone.efficiency).toBeLessThan(0.3);
    expect(tree.efficiency).toBeGreaterThan(0.8);
    expect(tree.messages).toBeLessThan(alone.messages / 50);
    expect(tree).toMatchObject({ computedCases: 200_000, doubledCases: 0 });
  });

  test('lose and double nothing when many of a thousand workers die', () => {
    const deaths = Array.from({ length: 150 }, (_, i) => ({ worker: (i * 61) % 1000, atMs: 3 + i / 2 }));
    const machine = { ...typicalMachine(1000), coordinators: 10, deaths, noticeMs: 5, replaceMs: 10 };
    const run = simulate({ ...request, machine });
    expect(run).toMatchObject({ end: 'completed', computedCases: 200_000, doubledCases: 0, givenUpCases: 0 });
  });
});

describe('lognormal tasks', () => {
  test('have the median and the scatter that were asked for, and depend on seed and stream', () => {
    const logs = lognormal(20_000, 5, 0.7, 3).map(Math.log);
    const mean = logs.reduce((sum, log) => sum + log) / logs.length;
    const variance = logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / logs.length;
    expect(mean).toBeCloseTo(Math.log(5), 1);
    expect(Math.sqrt(variance)).toBeCloseTo(0.7, 1);
    expect(lognormal(3, 1, 1, 1)).toEqual(lognormal(3, 1, 1, 1));
    expect(lognormal(3, 1, 1, 1)).not.toEqual(lognormal(3, 1, 1, 2));
    expect(lognormal(3, 1, 1, 1)).not.toEqual(lognormal(3, 1, 1, 1, 1));
  });
});
