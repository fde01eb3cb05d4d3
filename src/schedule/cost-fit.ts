/** How costs depend on features, from measured times. */
import { normalIntegral } from '../study/sampling/normal.js';
import { type Deviations, FitSums, pooled, squaredError } from './fit-sums.js';
import { solveSymmetric } from './solve-symmetric.js';

/** Weight of the assumption that a cost goes as its features do, in results; a handful of results outweigh it. */
const priorWeight = 0.1;

/** A squared error is lower by more than chance when by this many times the mean residual for each coefficient. */
const significance = 4;

/** Rounds of filling in what is still running, each from the fit of the one before. */
const rounds = 6;

/** A few results may lie on a line by chance; what runs longer than it says must not be impossible. */
const leastScatter = 0.01;

/** Beside this many times as many results, what is still running says nothing new. */
const negligible = 8;

/** A case that is being computed: logarithms of its features, and of the time it has taken so far. */
export interface Running {
  readonly x: ArrayLike<number>;
  readonly y: number;
}

export interface Solution {
  /** The exponents b, drawn towards 1. */
  readonly exponents: Float64Array;
  /** Standard deviation of the logarithm of time about the fit. */
  readonly scatter: number;
  /** False when costs do not go as the features do, nor as any power of them. */
  readonly isPredictive: boolean;
}

/**
 * Least squares for log t = a + Σ b_j log f_j: time as a product of powers of features, with errors that are a part of
 * it. The b_j are drawn towards 1 by ridge regression (Hoerl and Kennard 1970). Sums are kept, not results.
 *
 * What an earlier run left gives slopes only: it may have had another machine, with an a of its own.
 */
export class CostFit {
  readonly #sums: FitSums;
  readonly #earlier: Deviations;

  constructor(featureCount: number, earlier?: Deviations) {
    this.#sums = new FitSums(featureCount);
    this.#earlier = earlier ?? new FitSums(featureCount);
  }

  /** Results that were added, without those of earlier runs. */
  get results(): number {
    return this.#sums.results;
  }

  /** All that later runs need. */
  get deviations(): Deviations {
    return pooled(this.#earlier, this.#sums);
  }

  /** Standard deviation of the logarithms of the results added about a product of powers. */
  scatterAbout(exponents: ArrayLike<number>): number {
    const { results } = this.#sums;
    return Math.sqrt(squaredError(this.#sums, exponents) / Math.max(1, results - 1 - exponents.length));
  }

  /** `x`: logarithms of the features; `y`: logarithm of the time. */
  add(x: ArrayLike<number>, y: number): void {
    this.#sums.add(x, y);
  }

  /**
   * The short ones of the cases that began together are done first, so that results alone would say that all are
   * short, whatever their features. Cases still `running` enter as what they may be expected to take, given how long
   * they have run and the fit of the round before (Schmee and Hahn 1979).
   */
  solve(running: readonly Running[] = []): Solution {
    const known = this.deviations;
    const { results } = this.#sums;
    let solution = solutionOf(known, known.results);
    if (results < 2 || running.length * negligible < results) return solution;
    let { meanX, meanY } = this.#sums;
    for (let round = 0; round < rounds; round++) {
      const { exponents } = solution;
      const scatter = Math.max(solution.scatter, leastScatter);
      const filled = this.#sums.copy();
      let lost = 0;
      for (const { x, y } of running) {
        let expected = meanY;
        for (let j = 0; j < exponents.length; j++) expected += exponents[j]! * (x[j]! - meanX[j]!);
        const z = (y - expected) / scatter;
        const hazard = normalHazard(z);
        filled.add(x, expected + scatter * hazard);
        // The variance that a number above z still has.
        lost += scatter ** 2 * Math.max(0, 1 + z * hazard - hazard ** 2);
      }
      const all = pooled(this.#earlier, filled);
      solution = solutionOf({ ...all, yy: all.yy + lost }, known.results);
      ({ meanX, meanY } = filled);
    }
    return solution;
  }
}

/** `measured`: results, without what was filled in. */
function solutionOf(sums: Deviations, measured: number): Solution {
  const size = sums.xy.length;
  const matrix = Float64Array.from(sums.xx);
  const exponents = new Float64Array(size);
  for (let j = 0; j < size; j++) {
    matrix[j * size + j]! += priorWeight;
    // For b = 1 + d: what the assumption leaves to be explained by d.
    let assumed = 0;
    for (let k = 0; k < size; k++) assumed += sums.xx[j * size + k]!;
    exponents[j] = sums.xy[j]! - assumed;
  }
  solveSymmetric(matrix, exponents);
  for (let j = 0; j < size; j++) exponents[j]! += 1;
  const residual = squaredError(sums, exponents);
  const freedom = Math.max(1, measured - 1 - size);
  const chance = (significance * size * residual) / freedom;
  const isAssumptionWrong = squaredError(sums, new Float64Array(size).fill(1)) - residual > chance;
  const explains = sums.yy - residual > chance;
  return {
    exponents,
    scatter: Math.sqrt(residual / Math.max(1, sums.results - 1 - size)),
    isPredictive: explains || !isAssumptionWrong,
  };
}

/** φ(z) / (1 − Φ(z)): the mean of a standard normal number that is above z. */
function normalHazard(z: number): number {
  if (z > 30) return z + 1 / z;
  return Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI) / normalIntegral(-z);
}
