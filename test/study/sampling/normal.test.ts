import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inverseNormal, normalIntegral } from '../../../src/study/sampling/normal.js';

// mpmath with 60 digits at the exact doubles, rounded to the nearest double.
const quantiles = [
  [1e-300, -37.0470962993612],
  [1e-100, -21.273453560965326],
  [1e-20, -9.262340089798407],
  [2 ** -53, -8.209536151601387],
  [1e-10, -6.361340902404057],
  [1e-5, -4.264890793922825],
  [0.001, -3.0902323061678136],
  [0.02425, -1.972961051311885],
  [0.07, -1.4757910281791706],
  [0.075, -1.439531470938456],
  [0.0750000001, -1.4395314702320188],
  [0.1, -1.2815515655446004],
  [0.25, -0.6744897501960817],
  [0.4, -0.2533471031357997],
  [0.5, 0],
  [0.9, 1.2815515655446006],
  [0.925, 1.4395314709384561],
  [0.9250001, 1.4395321773759004],
  [0.975, 1.9599639845400538],
  [0.999, 3.090232306167813],
  [0.99999, 4.264890793923841],
  [1 - 2 ** -53, 8.209536151601387],
] as const;

const integrals = [
  [-37, 5.725571222524577e-300],
  [-20, 2.7536241186062337e-89],
  [-10, 7.619853024160525e-24],
  [-5, 2.866515718791939e-7],
  [-3, 0.0013498980316300946],
  [-2.6, 0.004661188023718749],
  [-2.5, 0.006209665325776135],
  [-2.4, 0.008197535924596131],
  [-1, 0.15865525393145705],
  [-0.1, 0.460172162722971],
  [0, 0.5],
  [0.5, 0.6914624612740131],
  [2, 0.9772498680518208],
  [8, 0.9999999999999993],
] as const;

describe('the normal distribution', () => {
  it.each(quantiles)('has its quantile of %d at %d to double precision', (p, z) => {
    expect(Math.abs(inverseNormal(p) - z)).toBeLessThanOrEqual(5e-16 * Math.abs(z));
  });

  it.each(integrals)('has the integral to %d equal to %d', (z, p) => {
    expect(Math.abs(normalIntegral(z) - p)).toBeLessThanOrEqual(3e-14 * p);
  });

  it('has an increasing quantile', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-12, max: 0.999, noNaN: true }), (p) => {
        expect(inverseNormal(p + 1e-4)).toBeGreaterThan(inverseNormal(p));
      }),
    );
  });
});
