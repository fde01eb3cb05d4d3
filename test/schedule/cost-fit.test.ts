import { describe, expect, test } from 'vitest';
import { CostFit } from '../../src/schedule/cost-fit.js';
import { lognormal } from '../../src/simulate/tasks.js';

const logs = (sigma: number, count: number, seed: number): Float64Array =>
  lognormal(count, 1, sigma, seed).map(Math.log);

describe('the fit of costs to features', () => {
  test('finds the exponents of a product of powers', () => {
    const fit = new CostFit(2);
    const [a, b, noise] = [logs(1, 400, 1), logs(0.5, 400, 2), logs(0.1, 400, 3)];
    for (let i = 0; i < 400; i++) fit.add([a[i]!, b[i]!], 3 + 2.5 * a[i]! - 0.7 * b[i]! + noise[i]!);
    const [first, second] = fit.solve()!;
    expect(first).toBeCloseTo(2.5, 1);
    expect(second).toBeCloseTo(-0.7, 1);
  });

  test('takes costs to go as their features before it knows better', () => {
    const fit = new CostFit(3);
    expect([...fit.solve()!]).toEqual([1, 1, 1]);
    for (let i = 0; i < 5; i++) fit.add([0.1, 0.1, 0.1], i);
    expect([...fit.solve()!]).toEqual([1, 1, 1]);
  });

  test('says that features predict nothing when they do not', () => {
    const fit = new CostFit(1);
    const [feature, time] = [logs(1, 500, 4), logs(1, 500, 5)];
    feature.forEach((x, i) => {
      fit.add([x], time[i]!);
    });
    expect(fit.solve()).toBeUndefined();
  });

  test('bears features that never change, or that are the same', () => {
    const fit = new CostFit(3);
    const x = logs(1, 100, 6);
    for (const value of x) fit.add([value, value, 7], 2 * value);
    const [first, second, constant] = fit.solve()!;
    expect(first! + second!).toBeCloseTo(2, 2);
    expect(constant).toBe(1);
  });
});
