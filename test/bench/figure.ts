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
 * How much of what `action` does fits into a second of one core: the median of five rounds of at least `roundMs`, after
 * one call that warms up. Processor time and not the clock's, so that other programs on the machine count little;
 * `action` must not leave work to threads or other processes.
 */
export async function ratePerCoreSecond(
  amount: number,
  action: () => unknown,
  roundMs = 300,
): Promise<number> {
  await action();
  const rates: number[] = [];
  for (let round = 0; round < 5; round++) {
    const started = process.cpuUsage();
    let calls = 0;
    let usedMs = 0;
    while (usedMs < roundMs) {
      await action();
      calls++;
      const used = process.cpuUsage(started);
      usedMs = (used.user + used.system) / 1000;
    }
    rates.push((calls * amount * 1000) / usedMs);
  }
  return rates.sort((a, b) => a - b)[2] as number;
}

/** The upper one of two in the middle; undefined of none. */
export function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

/** Three digits: what such a measurement is worth. */
export function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
