/** How costs depend on features, from measured times. */

/** Weight of the assumption that a cost goes as its features do, in results; a handful of results outweigh it. */
const priorWeight = 0.1;

/** A squared error is lower by more than chance when by this many times the mean residual for each coefficient. */
const significance = 4;

/**
 * Least squares for log t = a + Σ b_j log f_j: time as a product of powers of features, with errors that are a part of
 * it. The b_j are drawn towards 1 by ridge regression (Hoerl and Kennard 1970). Sums are kept, not results.
 */
export class CostFit {
  readonly #size: number;
  #count = 0;
  readonly #meanX: Float64Array;
  #meanY = 0;
  /** Sums of products of deviations from the means: `[size, size]`, `[size]` and one number. */
  readonly #xx: Float64Array;
  readonly #xy: Float64Array;
  #yy = 0;

  constructor(featureCount: number) {
    this.#size = featureCount;
    this.#meanX = new Float64Array(featureCount);
    this.#xx = new Float64Array(featureCount * featureCount);
    this.#xy = new Float64Array(featureCount);
  }

  /** Results that were added. */
  get count(): number {
    return this.#count;
  }

  /** `x`: logarithms of the features; `y`: logarithm of the time. */
  add(x: readonly number[], y: number): void {
    const size = this.#size;
    this.#count++;
    const part = (this.#count - 1) / this.#count;
    const dx = x.map((value, j) => value - this.#meanX[j]!);
    const dy = y - this.#meanY;
    for (let j = 0; j < size; j++) {
      for (let k = 0; k < size; k++) this.#xx[j * size + k]! += part * dx[j]! * dx[k]!;
      this.#xy[j]! += part * dx[j]! * dy;
      this.#meanX[j]! += dx[j]! / this.#count;
    }
    this.#yy += part * dy * dy;
    this.#meanY += dy / this.#count;
  }

  /** The exponents b; undefined when costs do not go as the features do, nor as any power of them. */
  solve(): Float64Array | undefined {
    const size = this.#size;
    const matrix = this.#xx.slice();
    const right = new Float64Array(size);
    for (let j = 0; j < size; j++) {
      matrix[j * size + j]! += priorWeight;
      // For b = 1 + d: what the assumption leaves to be explained by d.
      let assumed = 0;
      for (let k = 0; k < size; k++) assumed += this.#xx[j * size + k]!;
      right[j] = this.#xy[j]! - assumed;
    }
    solveSymmetric(matrix, right);
    const b = right.map((d) => 1 + d);
    const residual = this.#residual(b);
    const freedom = Math.max(1, this.#count - 1 - size);
    const chance = (significance * size * residual) / freedom;
    const isAssumptionWrong = this.#residual(new Float64Array(size).fill(1)) - residual > chance;
    const isPredictive = this.#yy - residual > chance;
    return isAssumptionWrong && !isPredictive ? undefined : b;
  }

  /** Σ (y − a − b·x)² with the best a. */
  #residual(b: Float64Array): number {
    const size = this.#size;
    let sum = this.#yy;
    for (let j = 0; j < size; j++) {
      sum -= 2 * b[j]! * this.#xy[j]!;
      for (let k = 0; k < size; k++) sum += b[j]! * b[k]! * this.#xx[j * size + k]!;
    }
    return Math.max(0, sum);
  }
}

/** Solves A x = b in place by Cholesky's factors; A is positive definite, row-major, and is overwritten. */
function solveSymmetric(a: Float64Array, b: Float64Array): void {
  const n = b.length;
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let sum = a[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= a[i * n + k]! * a[j * n + k]!;
      a[i * n + j] = i === j ? Math.sqrt(sum) : sum / a[j * n + j]!;
    }
  }
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) b[i]! -= a[i * n + k]! * b[k]!;
    b[i]! /= a[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) b[i]! -= a[k * n + i]! * b[k]!;
    b[i]! /= a[i * n + i]!;
  }
}
