import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CostFit, type Running } from '../../src/schedule/cost-fit.js';
import { lognormal } from '../../src/simulate/tasks.js';

const logs = (sigma: number, count: number, seed: number): Float64Array =>
  lognormal(count, 1, sigma, seed).map(Math.log);

const exponent = fc.double({ min: -3, max: 3, noNaN: true });

describe('the fit of costs to features', () => {
  test('finds the exponents of any product of powers, and how far times scatter about it', () => {
    const setting = fc.record({
      exponents: fc.array(exponent, { minLength: 1, maxLength: 4 }),
      intercept: fc.double({ min: -10, max: 10, noNaN: true }),
      noise: fc.double({ min: 0.001, max: 0.5, noNaN: true }),
      seed: fc.nat(1000),
    });
    fc.assert(
      fc.property(setting, ({ exponents, intercept, noise, seed }) => {
        const count = 500;
        const features = exponents.map((_, j) => logs(1, count, 10 * seed + j));
        const error = logs(noise, count, 10 * seed + 9);
        const fit = new CostFit(exponents.length);
        for (let i = 0; i < count; i++) {
          const x = features.map((values) => values[i]!);
          fit.add(x, exponents.reduce((sum, b, j) => sum + b * x[j]!, intercept) + error[i]!);
        }
        const solution = fit.solve();
        exponents.forEach((b, j) => {
          expect(Math.abs(solution.exponents[j]! - b)).toBeLessThan(0.25 * noise + 0.005);
        });
        expect(solution.scatter / noise).toBeGreaterThan(0.85);
        expect(solution.scatter).toBeLessThan(1.2 * noise + 0.02);
      }),
      { numRuns: 50 },
    );
  });

  test('takes costs to go as their features before it knows better', () => {
    const fit = new CostFit(3);
    expect([...fit.solve().exponents]).toEqual([1, 1, 1]);
    for (let i = 0; i < 5; i++) fit.add([0.1, 0.1, 0.1], i);
    expect(fit.solve()).toMatchObject({ exponents: Float64Array.of(1, 1, 1), isPredictive: true });
  });

  test('says that features predict nothing when they do not', () => {
    const fit = new CostFit(1);
    const [feature, time] = [logs(1, 500, 4), logs(1, 500, 5)];
    feature.forEach((x, i) => {
      fit.add([x], time[i]!);
    });
    expect(fit.solve().isPredictive).toBe(false);
  });

  test('bears features that never change, that are the same, and times that are', () => {
    const fit = new CostFit(3);
    const x = logs(1, 100, 6);
    for (const value of x) fit.add([value, value, 7], 2 * value);
    const { exponents } = fit.solve();
    expect(exponents[0]! + exponents[1]!).toBeCloseTo(2, 2);
    expect(exponents[2]).toBe(1);
    const still = new CostFit(1);
    for (let i = 0; i < 20; i++) still.add([3], 5);
    expect(still.solve([{ x: [3], y: 6 }])).toMatchObject({ exponents: Float64Array.of(1) });
  });

  test('is finite whatever it is given that is finite', () => {
    const number = fc.double({ min: -700, max: 700, noNaN: true });
    const result = fc.record({ x: fc.tuple(number, number), y: number });
    fc.assert(
      fc.property(fc.array(result), fc.array(result), (results, running) => {
        const fit = new CostFit(2);
        for (const { x, y } of results) fit.add(x, y);
        const { exponents, scatter } = fit.solve(running);
        expect([...exponents, scatter].every(Number.isFinite)).toBe(true);
      }),
    );
  });
});

describe('cases that are still running', () => {
  /** All begin together; those that end before `limit` are results, the others run. */
  function begun(seed: number, slope: number, noise: number): { fit: CostFit; running: Running[] } {
    const fit = new CostFit(1);
    const [feature, error] = [logs(0.4, 60, seed), logs(noise, 60, seed + 500)];
    const times = feature.map((x, i) => 5 + slope * x + error[i]!);
    const limit = times.toSorted()[15]!;
    const running: Running[] = [];
    feature.forEach((x, i) => {
      if (times[i]! < limit) fit.add([x], times[i]!);
      else running.push({ x: [x], y: limit });
    });
    return { fit, running };
  }

  test('keep the short ones that are done first from looking like all', () => {
    let [blind, seeing] = [0, 0];
    for (let seed = 1; seed <= 40; seed++) {
      const { fit, running } = begun(seed, 1, 0.3);
      blind += Math.abs(fit.solve().exponents[0]! - 1) / 40;
      seeing += Math.abs(fit.solve(running).exponents[0]! - 1) / 40;
    }
    expect(blind).toBeGreaterThan(0.5);
    expect(seeing).toBeLessThan(0.3);
  });

  test('tell of features that predict nothing before all have ended', () => {
    const given = Array.from({ length: 40 }, (_, i) => begun(i + 1, 0, 0.5));
    const seen = given.filter(({ fit, running }) => !fit.solve(running).isPredictive);
    expect(seen.length).toBeGreaterThan(25);
  });

  test('change little once there are many results', () => {
    const fit = new CostFit(1);
    const [feature, error] = [logs(1, 300, 1), logs(0.3, 300, 2)];
    feature.forEach((x, i) => {
      fit.add([x], x + error[i]!);
    });
    const before = fit.solve().exponents[0]!;
    expect(fit.solve([{ x: [1], y: 0 }]).exponents[0]).toBe(before);
    const running = Array.from({ length: 60 }, () => ({ x: [0.5], y: -3 }));
    expect(fit.solve(running).exponents[0]).toBeCloseTo(before, 1);
  });
});

describe('what an earlier run left', () => {
  function fitOf(slope: number, intercept: number, count: number, seed: number): CostFit {
    const fit = new CostFit(1);
    const [feature, error] = [logs(1, count, seed), logs(0.2, count, seed + 50)];
    feature.forEach((x, i) => {
      fit.add([x], intercept + slope * x + error[i]!);
    });
    return fit;
  }

  test('is the fit until something is measured, and the whole of both afterwards', () => {
    const earlier = fitOf(2, 7, 300, 1);
    const next = new CostFit(1, earlier.deviations);
    expect(next.results).toBe(0);
    expect(next.solve().exponents[0]).toBeCloseTo(earlier.solve().exponents[0]!, 10);
    expect(next.solve().scatter).toBeCloseTo(0.2, 1);
    expect(next.deviations).toEqual(earlier.deviations);
  });

  test('says nothing of how fast the machine is', () => {
    // Ten times as fast: the same slope, whatever few results of each there are.
    const next = new CostFit(1, fitOf(2, 7, 300, 1).deviations);
    const feature = logs(1, 40, 3);
    for (const x of feature) next.add([x], 4.7 + 2 * x);
    expect(next.solve().exponents[0]).toBeCloseTo(2, 1);
    expect(next.solve().scatter).toBeLessThan(0.22);
  });

  test('is outweighed where it was wrong', () => {
    const next = new CostFit(1, fitOf(2, 7, 50, 1).deviations);
    for (const x of logs(1, 2000, 3)) next.add([x], -x);
    expect(next.solve().exponents[0]).toBeLessThan(-0.9);
  });
});
