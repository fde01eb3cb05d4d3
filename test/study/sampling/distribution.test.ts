import { describe, expect, it } from 'vitest';
import {
  createTransform,
  type Distribution,
  keptProbability,
  supportOf,
} from '../../../src/study/sampling/distribution.js';

const levels = Float64Array.from({ length: 9999 }, (_, i) => (i + 1) / 10_000);

function draws(distribution: Distribution): Float64Array {
  const values = levels.slice();
  createTransform(distribution)(values, values.length);
  return values;
}

const at = (values: Float64Array, level: number): number => values[Math.round(level * 10_000) - 1]!;

const distributions: readonly Distribution[] = [
  { kind: 'uniform', min: -3, max: 5 },
  { kind: 'loguniform', min: 1, max: 1000 },
  { kind: 'normal', mean: 30, std: 5 },
  { kind: 'normal', mean: 30, std: 5, min: 29, max: 33 },
  { kind: 'normal', mean: 0, std: 1, min: 6 },
  { kind: 'normal', mean: 0, std: 1, max: -6 },
  { kind: 'lognormal', mean: 2, std: 0.5, base: 10 },
  { kind: 'lognormal', mean: 0, std: 1, base: 'e', min: 0.5, max: 2 },
];

describe('createTransform', () => {
  it.each(distributions)(
    'increases with the uniform number inside the support: $kind $min $max',
    (distribution) => {
      const values = draws(distribution);
      const [min, max] = supportOf(distribution);
      expect(values.every((value) => value >= min && value <= max)).toBe(true);
      expect(values.every((value, i) => i === 0 || value > values[i - 1]!)).toBe(true);
    },
  );

  it('gives the quantiles of each distribution', () => {
    expect(at(draws(distributions[0]!), 0.25)).toBeCloseTo(-1, 12);
    expect(at(draws(distributions[1]!), 0.5)).toBeCloseTo(Math.sqrt(1000), 10);
    expect(at(draws(distributions[2]!), 0.9)).toBeCloseTo(30 + 5 * 1.2815515655446004, 10);
    expect(at(draws(distributions[6]!), 0.1)).toBeCloseTo(10 ** (2 - 0.5 * 1.2815515655446004), 8);
    // Half of the truncated half-normal beyond 6: Φ(-6) / 2 = 4.93e-10, whose quantile mpmath gives.
    expect(at(draws(distributions[4]!), 0.5)).toBeCloseTo(6.1115650618, 7);
    expect(at(draws(distributions[5]!), 0.5)).toBeCloseTo(-6.1115650618, 7);
  });

  it('cuts by truncation, not by moving draws to the bounds', () => {
    const values = draws(distributions[3]!);
    expect(values.filter((value) => value === 29 || value === 33)).toHaveLength(0);
    // Φ(0.6) - Φ(-0.2) = 0.30500677 of the normal distribution is kept, and Φ(0) - Φ(-0.2) = 0.0792597 of it lies below 30.
    expect(values.filter((value) => value < 30).length / values.length).toBeCloseTo(0.0792597 / 0.3050067, 3);
    expect(keptProbability(distributions[3]!)).toBeCloseTo(0.3050067, 6);
  });
});
