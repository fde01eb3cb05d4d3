/** Weighted sums of arrays in twice the precision of a double, so that thousands of large terms cancel well. */

/** A sum and the part of it that did not fit, element by element. */
export interface WideSum {
  readonly high: Float64Array;
  readonly low: Float64Array;
}

export function wideZero(length: number): WideSum {
  return { high: new Float64Array(length), low: new Float64Array(length) };
}

/** `sum[at] += weight * value`, with what rounding loses of the product (Dekker) and of the sum (Knuth) kept. */
export function addProduct(sum: WideSum, at: number, weight: number, value: number): void {
  const product = weight * value;
  const head = sum.high[at]!;
  const next = head + product;
  const shift = next - head;
  sum.high[at] = next;
  sum.low[at]! += head - (next - shift) + (product - shift) + productError(weight, value, product);
}

/** `sum += other`. */
export function addWide(sum: WideSum, other: WideSum): void {
  for (let i = 0; i < sum.high.length; i++) {
    addProduct(sum, i, 1, other.high[i]!);
    sum.low[i]! += other.low[i]!;
  }
}

export function rounded({ high, low }: WideSum): Float64Array {
  return high.map((value, i) => value + low[i]!);
}

const splitter = 2 ** 27 + 1;

/** What `product` lacks of `weight * value`. Exact for the whole weights below 2^26 that expansions have. */
function productError(weight: number, value: number, product: number): number {
  if (weight === 1 || weight === -1) return 0;
  const scaled = splitter * value;
  const head = scaled - (scaled - value);
  return weight * head - product + weight * (value - head);
}
