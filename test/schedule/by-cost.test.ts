/** Schedulers that are told something about costs. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CostFit } from '../../src/schedule/cost-fit.js';
import type { CostModel, FeatureModel, LearnedCosts } from '../../src/schedule/costs.js';
import { LearningScheduler } from '../../src/schedule/learning.js';
import { PlannedScheduler } from '../../src/schedule/planned.js';
import { createScheduler, type Scheduler } from '../../src/schedule/scheduler.js';
import { makeUnits } from '../../src/schedule/units.js';
import type { Chunk } from '../../src/schedule/work-queue.js';
import { lognormal } from '../../src/simulate/tasks.js';
import { casesOf, holes } from './arbitraries.js';

const known = (costOf: (index: number) => number): CostModel => ({
  kind: 'known',
  costs: (first, count) => Float64Array.from({ length: count }, (_, i) => costOf(first + i)),
});
const learned = (...featuresOf: ((index: number) => number)[]): FeatureModel => ({
  kind: 'features',
  featureCount: featuresOf.length,
  features: (first, count) =>
    featuresOf.map((feature) => Float64Array.from({ length: count }, (_, i) => feature(first + i))),
});

/** What runs leave that found time to be the feature to a power, within lognormal errors. */
function earlierOf(power: number, noise: number): LearnedCosts {
  const fit = new CostFit(1);
  const [feature, error] = [lognormal(200, 1, 1, 7).map(Math.log), lognormal(200, 1, noise, 8).map(Math.log)];
  feature.forEach((x, i) => {
    fit.add([x], power * x + error[i]!);
  });
  const { exponents, isPredictive } = fit.solve();
  return { exponents: isPredictive ? exponents : [0], centre: [0], deviations: fit.deviations };
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

function schedulerOf(
  strategy: 'adaptive' | 'lpt',
  costs: CostModel,
  ranges: readonly Chunk[],
  workers: number,
  chunk: number | 'auto' = 'auto',
): Scheduler {
  return createScheduler({ strategy, costs, ranges, workers: numbers(workers), chunk, mostCases: 1 << 24 });
}

const strange = [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 5e-324, 1e300];
const anyCost = fc.oneof(fc.double({ min: 0, max: 10, noNaN: true }), fc.constantFrom(...strange));

/** What one worker gets, one chunk after the other, with a result of the first behind so many. */
function firstsOf(costs: CostModel, cases: number, measuredBehind: number): number[] {
  const ranges = [{ first: 0, count: cases }];
  const scheduler = createScheduler({
    ...{ strategy: 'adaptive', costs, ranges, workers: [0, 1], chunk: 1, mostCases: 1 << 24 },
    isScaleNeeded: true,
  });
  const out: Chunk = { first: 0, count: 0 };
  const firsts: number[] = [];
  while (scheduler.next(firsts.length % 2, out)) {
    firsts.push(out.first);
    if (firsts.length === measuredBehind) scheduler.observe(1, 10);
  }
  return firsts;
}

describe('where a limit of time is in force and the scale of costs is unknown', () => {
  for (const [kind, costs] of [
    ['known', known((index) => 1 + index)],
    ['learned', learned((index) => 1 + index)],
  ] as const) {
    test(`cheap cases come first until a time was measured, then the dearest: ${kind} costs`, () => {
      expect(firstsOf(costs, 6, 2)).toEqual([0, 1, 5, 4, 3, 2]);
    });
  }

  test('each case comes once, whenever times are measured, and cases without a cost too', () => {
    fc.assert(
      fc.property(fc.array(anyCost, { minLength: 1, maxLength: 40 }), fc.nat(50), (list, behind) => {
        for (const costs of [known((index) => list[index]!), learned((index) => list[index]!)]) {
          const firsts = firstsOf(costs, list.length, behind);
          expect(firsts.toSorted((a, b) => a - b)).toEqual(numbers(list.length));
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe('units', () => {
  test('hold every case once, in order, and cost no more than their part of a share unless they are one case', () => {
    fc.assert(
      fc.property(
        holes,
        fc.array(fc.double({ min: 0, max: 10, noNaN: true }), { minLength: 1 }),
        (ranges, list) => {
          const costOf = (index: number) => list[index % list.length]!;
          const request = { ranges, workers: numbers(2), chunk: 'auto', mostCases: 7 } as const;
          const { firsts, counts, costs } = makeUnits(request, known(costOf));
          const units = Array.from(firsts, (first, i) => ({ first, count: counts[i]! }));
          expect(casesOf(units)).toEqual(casesOf(ranges));
          const total = casesOf(ranges).reduce((sum, index) => sum + costOf(index), 0);
          units.forEach((unit, i) => {
            expect(unit.count).toBeLessThanOrEqual(7);
            const cost = casesOf([unit]).reduce((sum, index) => sum + costOf(index), 0);
            expect(costs[i]).toBeCloseTo(cost, 6);
            if (unit.count > 1 && total > 0) expect(cost).toBeLessThanOrEqual((total / 512) * (1 + 1e-9));
          });
        },
      ),
    );
  });

  test('are few however many cases there are', () => {
    const request = {
      ranges: [{ first: 0, count: 300_000 }],
      workers: numbers(2),
      chunk: 'auto',
      mostCases: 1 << 24,
    } as const;
    const { firsts } = makeUnits(
      request,
      known((index) => 1 + (index % 3)),
    );
    expect(firsts.length).toBeGreaterThan(500);
    expect(firsts.length).toBeLessThan(530);
  });

  test('count a case without a cost as an average one', () => {
    const request = {
      ranges: [{ first: 0, count: 4 }],
      workers: numbers(9),
      chunk: 'auto',
      mostCases: 9,
    } as const;
    const { costs } = makeUnits(
      request,
      known((index) => [1, Number.NaN, 3, -1][index]!),
    );
    expect([...costs]).toEqual([1, 2, 3, 2]);
  });
});

describe.each([
  ['lpt', known],
  ['adaptive', known],
  ['adaptive', learned],
] as const)('%s with costs', (strategy, model) => {
  test('hands out each case exactly once, whatever costs are said to be and times turn out', () => {
    const events = fc.array(
      fc.record({ worker: fc.nat(9), fate: fc.nat(9), ms: fc.double({ min: 0, max: 50, noNaN: true }) }),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(
        holes,
        fc.array(anyCost, { minLength: 1 }),
        fc.integer({ min: 1, max: 5 }),
        events,
        (ranges, list, workers, happenings) => {
          const costs = model((index) => list[index % list.length]!);
          const scheduler = schedulerOf(strategy, costs, ranges, workers);
          const wanted = casesOf(ranges);
          const done: number[] = [];
          const out = { first: 0, count: 0 };
          for (let step = 0; done.length < wanted.length; step++) {
            expect(step).toBeLessThan(5000);
            expect(scheduler.remaining).toBe(wanted.length - done.length);
            const { worker, fate, ms } = happenings[step % happenings.length]!;
            // Workers from `workers` on came late; the first one may go at any time.
            const asks = ((step < happenings.length ? worker : 0) + step) % (workers + 2);
            if (!scheduler.next(asks, out)) continue;
            if (fate === 0 && step < 500) {
              scheduler.giveBack(out.first, out.count);
              scheduler.release(0);
              continue;
            }
            scheduler.observeBlock?.(worker, out.first, out.count, ms, true);
            done.push(...casesOf([out]));
          }
          expect(done.sort((a, b) => a - b)).toEqual(wanted);
          expect(scheduler.remaining).toBe(0);
          expect(scheduler.next(0, out)).toBe(false);
        },
      ),
    );
  });
});

describe('adaptive', () => {
  /** The order in which one worker would get cases that take `msOf`. */
  function order(
    costs: CostModel,
    cases: number,
    workers: number,
    msOf: (index: number) => number,
    isMeasured: (index: number) => boolean = () => true,
  ): number[] {
    const scheduler = schedulerOf('adaptive', costs, [{ first: 0, count: cases }], workers, 1);
    const out = { first: 0, count: 0 };
    const got: number[] = [];
    while (scheduler.next(got.length % workers, out)) {
      got.push(...casesOf([out]));
      scheduler.observeBlock?.(
        0,
        out.first,
        out.count,
        casesOf([out]).reduce((sum, i) => sum + msOf(i), 0),
        isMeasured(out.first),
      );
    }
    return got;
  }
  const shuffled = (index: number): number => 1 + ((index * 7919) % 1000);

  test('with many units hands out the dearest first', () => {
    const costs = order(known(shuffled), 200, 4, shuffled).map(shuffled);
    expect(costs).toEqual([...costs].sort((a, b) => b - a));
  });

  test('with few units gives each worker what makes all end together', () => {
    const cost = [5, 5, 4, 4, 3, 3, 3];
    const scheduler = schedulerOf(
      'adaptive',
      known((index) => cost[index]!),
      [{ first: 0, count: 7 }],
      3,
    );
    const loads = [0, 0, 0];
    const out = { first: 0, count: 0 };
    for (let left = 7; left > 0; left--) {
      const worker = loads.indexOf(Math.min(...loads));
      expect(scheduler.next(worker, out)).toBe(true);
      loads[worker]! += cost[out.first]!;
    }
    expect(loads).toEqual([9, 9, 9]);
  });

  test('gives up the plan when times do not follow costs, and hands out the dearest first', () => {
    const costOf = (index: number): number => 100 - index;
    const scheduler = schedulerOf('adaptive', known(costOf), [{ first: 0, count: 60 }], 10);
    const out = { first: 0, count: 0 };
    for (let i = 0; i < 10; i++) {
      scheduler.next(i, out);
      scheduler.observeBlock?.(i, out.first, 1, i % 2 === 0 ? 1 : 100, true);
    }
    const rest: number[] = [];
    // The plan would not give one worker neighbours.
    while (scheduler.next(3, out)) rest.push(out.first);
    expect(rest).toEqual([...rest].sort((a, b) => a - b));
    expect(rest).toHaveLength(50);
  });

  test('takes cases in the order of their features before anything is measured', () => {
    const costs = order(learned(shuffled), 100, 4, () => 1)
      .slice(0, 8)
      .map(shuffled);
    expect(costs).toEqual([...costs].sort((a, b) => b - a));
  });

  test('turns the order round when times fall with the feature', () => {
    const got = order(learned(shuffled), 100, 4, (index) => 1e6 / shuffled(index)).map(shuffled);
    const behind = got.slice(30);
    expect(behind).toEqual([...behind].sort((a, b) => a - b));
  });

  test('learns nothing from cases that failed or were ended over their time, whatever they took', () => {
    const isDear = (index: number): boolean => shuffled(index) > 400;
    const cutShort = (index: number): number => (isDear(index) ? 1e-3 : shuffled(index));
    const costs = order(learned(shuffled), 100, 4, cutShort, (index) => !isDear(index)).map(shuffled);
    expect(costs).toEqual([...costs].sort((a, b) => b - a));
  });

  test('keeps its plan whatever failed cases took', () => {
    const scheduler = schedulerOf(
      'adaptive',
      known((index) => 100 - index),
      [{ first: 0, count: 60 }],
      10,
    );
    const out = { first: 0, count: 0 };
    for (let i = 0; i < 10; i++) {
      scheduler.next(i, out);
      scheduler.observeBlock?.(i, out.first, 1, i % 2 === 0 ? 1 : 100, false);
    }
    const rest: number[] = [];
    while (scheduler.next(3, out)) rest.push(out.first);
    expect(rest).not.toEqual([...rest].sort((a, b) => a - b));
  });

  test('begins with what earlier runs learned, which may be the opposite of what the features say', () => {
    const earlier = earlierOf(-2, 0.2);
    const got = order({ ...learned(shuffled), earlier }, 100, 4, () => 1).map(shuffled);
    expect(got.slice(0, 8)).toEqual([...got].sort((a, b) => a - b).slice(0, 8));
  });

  test('begins in the given order when earlier runs learned that features predict nothing', () => {
    const times = lognormal(400, 1, 1, 5);
    const got = order({ ...learned(shuffled), earlier: earlierOf(0, 1) }, 400, 4, (index) => times[index]!);
    expect(got).toEqual(numbers(400));
  });

  test('plans as by known costs where earlier runs predicted times as well as a formula', () => {
    const cost = [5, 5, 4, 4, 3, 3, 3];
    const costs = { ...learned((index) => cost[index]! ** 2), earlier: earlierOf(0.5, 0.01) };
    const scheduler = schedulerOf('adaptive', costs, [{ first: 0, count: 7 }], 3);
    expect(scheduler).toBeInstanceOf(PlannedScheduler);
    const loads = [0, 0, 0];
    const out = { first: 0, count: 0 };
    while (scheduler.next(loads.indexOf(Math.min(...loads)), out)) {
      loads[loads.indexOf(Math.min(...loads))]! += cost[out.first]!;
    }
    expect(loads).toEqual([9, 9, 9]);
    expect(
      schedulerOf('adaptive', { ...costs, earlier: earlierOf(0.5, 0.2) }, [{ first: 0, count: 7 }], 3),
    ).toBeInstanceOf(LearningScheduler);
  });

  test('hands out a unit in parts when its cases turn out dear', () => {
    // By their features, the second half of the cases costs nothing; in truth times go as the root of the feature.
    const feature = (index: number): number => (index < 200 ? 1 + (index % 7) : 1e-4);
    const scheduler = schedulerOf('adaptive', learned(feature), [{ first: 0, count: 400 }], 2);
    const out = { first: 0, count: 0 };
    const counts: number[] = [];
    while (scheduler.next(counts.length % 2, out)) {
      counts.push(out.count);
      const elapsedMs = casesOf([out]).reduce((sum, index) => sum + Math.sqrt(feature(index)), 0);
      scheduler.observeBlock?.(0, out.first, out.count, elapsedMs, true);
    }
    // 200 cases of a hundredth each, and no more than 1/512 of what is left at once.
    expect(Math.max(...counts)).toBeLessThan(10);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(400);
  });

  test('keeps the given order when features predict nothing', () => {
    const times = lognormal(400, 1, 1, 5);
    const got = order(learned(shuffled), 400, 4, (index) => times[index]!);
    const behind = got.slice(200);
    expect(behind).toEqual([...behind].sort((a, b) => a - b));
  });
});
