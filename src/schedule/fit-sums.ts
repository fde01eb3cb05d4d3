/** What a least-squares fit needs of its results: sums, which grow with the features and not with the results. */

/** Sums of products of deviations from the means: `[size, size]`, `[size]` and one number. Slopes need no more. */
export interface Deviations {
  readonly results: number;
  readonly xx: ArrayLike<number>;
  readonly xy: ArrayLike<number>;
  readonly yy: number;
}

export class FitSums implements Deviations {
  results = 0;
  readonly meanX: Float64Array;
  meanY = 0;
  readonly xx: Float64Array;
  readonly xy: Float64Array;
  yy = 0;
  readonly #dx: Float64Array;

  constructor(size: number) {
    this.meanX = new Float64Array(size);
    this.xx = new Float64Array(size * size);
    this.xy = new Float64Array(size);
    this.#dx = new Float64Array(size);
  }

  /** `x`: `[size]`. */
  add(x: ArrayLike<number>, y: number): void {
    this.results++;
    const size = this.xy.length;
    const dx = this.#dx;
    const dy = y - this.meanY;
    const part = (this.results - 1) / this.results;
    for (let j = 0; j < size; j++) dx[j] = x[j]! - this.meanX[j]!;
    for (let j = 0; j < size; j++) {
      for (let k = 0; k < size; k++) this.xx[j * size + k]! += part * dx[j]! * dx[k]!;
      this.xy[j]! += part * dx[j]! * dy;
      this.meanX[j]! += dx[j]! / this.results;
    }
    this.yy += part * dy * dy;
    this.meanY += dy / this.results;
  }

  copy(): FitSums {
    const size = this.xy.length;
    const other = new FitSums(size);
    other.results = this.results;
    other.meanX.set(this.meanX);
    other.meanY = this.meanY;
    other.xx.set(this.xx);
    other.xy.set(this.xy);
    other.yy = this.yy;
    return other;
  }
}

/** Sums of results whose means have nothing to do with each other, as those of two machines. */
export function pooled(a: Deviations, b: Deviations): Deviations {
  const plus = (left: ArrayLike<number>, right: ArrayLike<number>): Float64Array =>
    Float64Array.from(left, (value, i) => value + right[i]!);
  return { results: a.results + b.results, xx: plus(a.xx, b.xx), xy: plus(a.xy, b.xy), yy: a.yy + b.yy };
}

/** Σ (y − a − b·x)² with the best a. */
export function squaredError({ xx, xy, yy }: Deviations, b: ArrayLike<number>): number {
  const size = xy.length;
  let sum = yy;
  for (let j = 0; j < size; j++) {
    sum -= 2 * b[j]! * xy[j]!;
    for (let k = 0; k < size; k++) sum += b[j]! * b[k]! * xx[j * size + k]!;
  }
  return Math.max(0, sum);
}
