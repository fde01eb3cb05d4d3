import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CostModel } from '../../src/schedule/costs.js';
import type { KeptCosts } from '../../src/schedule/kept-costs.js';
import { type ForecastRequest, forecast } from '../../src/simulate/forecast.js';
import { lognormal } from '../../src/simulate/tasks.js';
import { type Strategy, strategies } from '../../src/study/study.js';

const known = (costOf: (index: number) => number): CostModel => ({
  kind: 'known',
  costs: (first, count) => Float64Array.from({ length: count }, (_, i) => costOf(first + i)),
});
const kept = (msPerUnit: number, scatter = 0): KeptCosts => ({ blocks: 100, cases: 100, msPerUnit, scatter });

const base: ForecastRequest = {
  ranges: [{ first: 0, count: 640 }],
  model: undefined,
  costs: kept(1000),
  workers: 64,
  chunk: 'auto',
  strategies,
  mostTasks: 4000,
};

const makespanOf = (request: Partial<ForecastRequest>, strategy: Strategy): number =>
  forecast({ ...base, ...request }).runs.find((run) => run.strategy === strategy)!.makespan;

describe('a forecast', () => {
  test('never ends before what no schedule can beat, and never has more than all of the workers’ time', () => {
    const setting = fc.record({
      counts: fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 4 }),
      workers: fc.integer({ min: 1, max: 40 }),
      chunk: fc.oneof(fc.constant('auto' as const), fc.integer({ min: 1, max: 50 })),
      msPerUnit: fc.constantFrom(0.001, 1, 1000),
      scatter: fc.constantFrom(0, 0.3, 2),
      list: fc.array(fc.double({ min: 0, max: 9, noNaN: true }), { minLength: 1, maxLength: 20 }),
      isTold: fc.boolean(),
      isTimed: fc.boolean(),
    });
    fc.assert(
      fc.property(setting, ({ counts, workers, chunk, msPerUnit, scatter, list, isTold, isTimed }) => {
        const ranges = counts.map((count, i) => ({ first: 1000 * i, count }));
        const model = isTold ? known((index) => list[index % list.length]! + 0.1) : undefined;
        const costs = isTimed ? kept(msPerUnit, scatter) : undefined;
        const found = forecast({ ranges, model, costs, workers, chunk, strategies, mostTasks: 300 });
        expect(found.unit).toBe(isTimed ? 'ms' : 'mean case');
        expect(found.runs.map(({ strategy }) => strategy)).toEqual([...strategies]);
        for (const { makespan, efficiency } of found.runs) {
          expect(makespan).toBeGreaterThanOrEqual(found.longest * (1 - 1e-9));
          expect(efficiency).toBeGreaterThan(0);
          expect(efficiency).toBeLessThanOrEqual(1);
          expect(makespan * workers).toBeGreaterThan(found.total * (1 - 1e-9));
        }
      }),
      { numRuns: 40 },
    );
  });

  test('is that of a list schedule where it can be reckoned', () => {
    const three = { ranges: [{ first: 5, count: 3 }], workers: 2, costs: kept(1000) };
    expect(makespanOf(three, 'self') / 2000).toBeCloseTo(1, 3);
    expect(makespanOf({ ...three, workers: 1 }, 'self') / 3000).toBeCloseTo(1, 3);
    expect(makespanOf({ ...three, workers: 9 }, 'self') / 1000).toBeCloseTo(1, 3);
  });

  test('knows that static blocks of sorted costs end far later than shares of equal cost', () => {
    const model = known((index) => 1 + index);
    expect(makespanOf({ model }, 'block')).toBeGreaterThan(1.8 * makespanOf({ model }, 'lpt'));
    expect(makespanOf({ model }, 'adaptive')).toBeLessThan(1.01 * makespanOf({ model }, 'lpt'));
  });

  test('has costs scatter as they were seen to, which lets a static distribution end later', () => {
    const equal = { model: known(() => 1) };
    const even = makespanOf(equal, 'lpt');
    const scattered = makespanOf({ ...equal, costs: kept(1000, 0.5) }, 'lpt');
    expect(scattered).toBeGreaterThan(1.2 * even);
    expect(makespanOf({ ...equal, costs: kept(1000, 0.5) }, 'self')).toBeLessThan(scattered);
  });

  test('counts in mean cases where times are unknown', () => {
    const found = forecast({ ...base, costs: undefined, model: known((index) => 1 + (index % 2)) });
    expect(found).toMatchObject({ unit: 'mean case', total: expect.closeTo(640, 6) });
    expect(found.longest).toBeCloseTo(4 / 3, 6);
    const adaptive = found.runs.find(({ strategy }) => strategy === 'adaptive')!;
    expect(adaptive.makespan).toBeCloseTo(10, 1);
  });

  test('takes what earlier runs learned of features', () => {
    const size = lognormal(640, 1, 0.7, 3);
    const learned = {
      exponents: [2],
      centre: [0],
      deviations: { results: 500, xx: [250], xy: [500], yy: 1000 },
    };
    const model: CostModel = {
      kind: 'features',
      featureCount: 1,
      features: (first, count) => [size.slice(first, first + count)],
      earlier: learned,
    };
    const { total } = forecast({ ...base, model, costs: { ...kept(1000), learned } });
    expect(total / 1000).toBeCloseTo(
      size.reduce((sum, value) => sum + value ** 2, 0),
      6,
    );
  });

  test('is the same each time', () => {
    const request = { ...base, costs: kept(50, 0.4), mostTasks: 200 };
    expect(forecast(request)).toEqual(forecast(request));
  });
});

describe('a forecast of more than can be simulated', () => {
  const costOf = (index: number): number => 1 + (index % 7) + (index > 60_000 ? 3 : 0);
  const many = { ranges: [{ first: 0, count: 80_000 }], model: known(costOf), costs: kept(3, 0.3) };

  test('says what stands for what', () => {
    expect(forecast({ ...base, ...many, workers: 4, strategies: ['self'], mostTasks: 800 }).coarse).toEqual({
      casesPerTask: 100,
      workers: 4,
    });
    const wide = forecast({ ...base, ...many, workers: 800, strategies: ['self'], mostTasks: 960 });
    expect(wide.coarse).toEqual({ casesPerTask: 2, workers: 10 });
    expect(forecast({ ...base, strategies: ['self'] })).not.toHaveProperty('coarse');
  });

  test.each(['adaptive', 'block', 'cyclic', 'self', 'work-stealing'] as const)(
    'comes close to that of all cases, by %s',
    (strategy) => {
      const request = { ...base, ...many, workers: 16, strategies: [strategy] };
      const whole = forecast({ ...request, mostTasks: 80_000 }).runs[0]!.makespan;
      const coarse = forecast({ ...request, mostTasks: 2000 }).runs[0]!.makespan;
      expect(Math.abs(coarse / whole - 1)).toBeLessThan(0.05);
    },
  );

  test('tells of the same run as another forecast of it, whatever cases each has looked at', () => {
    const whole = { total: 1e6, longest: 30_000 };
    const found = forecast({ ...base, ...many, workers: 800, mostTasks: 960, whole });
    expect(found).toMatchObject(whole);
    for (const { makespan } of found.runs) expect(makespan).toBeGreaterThanOrEqual(30_000);
  });

  test('has one coordinator as busy as it would be', () => {
    const short = { ranges: [{ first: 0, count: 20_000 }], costs: kept(1), workers: 5000, chunk: 1 };
    const whole = makespanOf({ ...short, strategies: ['self'], mostTasks: 20_000 }, 'self');
    const coarse = makespanOf({ ...short, strategies: ['self'], mostTasks: 500 }, 'self');
    // 20,000 messages of 2 µs and more, where computing takes 4 ms.
    expect(whole).toBeGreaterThan(20);
    expect(Math.abs(coarse / whole - 1)).toBeLessThan(0.3);
  });
});
