/**
 * Sums over columns of numbers with the rounding error carried along (Neumaier 1974, "Rundungsfehleranalyse einiger
 * Verfahren zur Summation endlicher Summen"), so that the order of magnitude of the data costs no digits.
 */
export class CompensatedSums {
  readonly #sums: Float64Array;
  readonly #errors: Float64Array;

  constructor(length: number) {
    this.#sums = new Float64Array(length);
    this.#errors = new Float64Array(length);
  }

  add(i: number, value: number): void {
    const sum = this.#sums[i]!;
    const next = sum + value;
    this.#errors[i]! += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    this.#sums[i] = next;
  }

  total(i: number): number {
    const sum = this.#sums[i]!;
    // Once the sum is infinite or NaN, so is the error, and would spoil it.
    return Number.isFinite(sum) ? sum + this.#errors[i]! : sum;
  }
}
