/** From values to pixels, with ticks at round values. */

export interface Tick {
  readonly value: number;
  /** Absent for a minor tick. `power` is printed raised behind `text`. */
  readonly label?: { readonly text: string; readonly power?: string };
}

export interface Scale {
  readonly kind: 'log' | 'linear';
  readonly min: number;
  readonly max: number;
  readonly ticks: readonly Tick[];
  /** 0 at `min`, 1 at `max`. */
  fraction(value: number): number;
}

/** For positive values; decades have labels, fewer when there are many. */
export function logScale(min: number, max: number): Scale {
  const [low, high] = [Math.log10(min), Math.log10(max)];
  const span = high - low || 1;
  const every = Math.ceil(span / 9);
  const ticks: Tick[] = [];
  for (let exponent = Math.floor(low); exponent <= Math.ceil(high); exponent++) {
    const decade = 10 ** exponent;
    if (within(decade, min, max)) ticks.push({ value: decade, ...decadeLabel(exponent, every) });
    if (span > 9) continue;
    for (let digit = 2; digit <= 9; digit++) {
      if (within(digit * decade, min, max)) ticks.push({ value: digit * decade });
    }
  }
  return { kind: 'log', min, max, ticks, fraction: (value) => (Math.log10(value) - low) / span };
}

/** Ticks at multiples of 1, 2 or 5 times a power of ten. */
export function linearScale(min: number, max: number): Scale {
  const span = max - min || 1;
  const rough = span / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  const digits = Math.max(0, -Math.floor(Math.log10(step)));
  const ticks: Tick[] = [];
  for (let i = Math.ceil(min / step); i * step <= max * (1 + 1e-12); i++) {
    const value = i * step;
    const text = digits > 4 || Math.abs(value) >= 1e6 ? value.toExponential(1) : value.toFixed(digits);
    ticks.push({ value, label: { text: text.replace('-', '−') } });
  }
  return { kind: 'linear', min, max, ticks, fraction: (value) => (value - min) / span };
}

function within(value: number, min: number, max: number): boolean {
  return value >= min * (1 - 1e-9) && value <= max * (1 + 1e-9);
}

function decadeLabel(exponent: number, every: number): Pick<Tick, 'label'> {
  if (exponent % every !== 0) return {};
  return { label: { text: '10', power: String(exponent).replace('-', '−') } };
}
