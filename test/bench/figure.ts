/** What `npm run bench` prints: one JSON line a figure. */
export interface Figure {
  /** Dotted name, the part first: `tem1d.avx512`. */
  readonly figure: string;
  readonly value: number;
  /** Unit of `value`, where larger is better unless it is a time or a size. */
  readonly unit: string;
  /** What it was measured with: counts, sizes, the peer's name. */
  readonly [detail: string]: string | number | boolean;
}

/**
 * Calls a second of `action`, which does `amount` things a call: the median of five rounds of at least `roundMs`
 * each, after one call that warms up. Rounds outlast the noise of a shared machine better than one long run.
 */
export async function ratePerSecond(amount: number, action: () => unknown, roundMs = 300): Promise<number> {
  await action();
  const rates: number[] = [];
  for (let round = 0; round < 5; round++) {
    const started = performance.now();
    let calls = 0;
    do {
      await action();
      calls++;
    } while (performance.now() - started < roundMs);
    rates.push((calls * amount * 1000) / (performance.now() - started));
  }
  return rates.sort((a, b) => a - b)[2] as number;
}

/** Three digits: what such a measurement is worth. */
export function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
