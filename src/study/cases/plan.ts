/** The inside of a CasePlan: plain data that names, for every column, how a case's value follows from its index. */
import type { CasePlan } from '../case-space.js';
import type { Distribution } from '../sampling/distribution.js';
import type { SamplePlan } from '../sampling/uniforms.js';

/**
 * The case index is the mixed-radix number of the axes' digits, slowest axis first; the sample, when there is one, is
 * the fastest axis behind them. The same draws meet every grid point.
 */
export interface CasePlanDetail extends CasePlan {
  readonly axes: readonly number[];
  readonly sample: SamplePlan | null;
  /** How each parameter column gets its values, in the order of `columns`; the derived columns follow. */
  readonly sources: readonly Source[];
  readonly derived: readonly Derived[];
}

export type Source =
  /** One value for every case; numbers row-major. */
  | { readonly kind: 'constant'; readonly numbers: Float64Array }
  | { readonly kind: 'constant-text'; readonly text: string }
  /** Value `digit` of a list: row `digit` of `[extent, elements]`. */
  | { readonly kind: 'list'; readonly axis: number; readonly numbers: Float64Array }
  | { readonly kind: 'list-text'; readonly axis: number; readonly texts: readonly string[] }
  /** The same for millions of texts: UTF-8 back to back, text `digit` from `starts[digit]` to `starts[digit + 1]`. */
  | {
      readonly kind: 'packed-text';
      readonly axis: number;
      readonly bytes: Uint8Array;
      readonly starts: Float64Array;
    }
  /** `count` values from `start` to `stop`, both included, evenly spaced or evenly spaced in the logarithm. */
  | {
      readonly kind: 'linspace' | 'logspace';
      readonly axis: number;
      readonly start: number;
      readonly stop: number;
      readonly count: number;
    }
  /** A draw for each element, from dimensions `dimension …` of the sample. */
  | { readonly kind: 'draw'; readonly dimension: number; readonly distribution: Distribution };

/** A derived column: the formula of each element as text, and which element of its vectors it takes. */
export interface Derived {
  readonly elements: readonly { readonly text: string; readonly element: number }[];
}

/** Value `digit` of a linspace or logspace; the ends are the given numbers themselves. */
export function spacedValue(
  source: Extract<Source, { kind: 'linspace' | 'logspace' }>,
  digit: number,
): number {
  const { start, stop, count } = source;
  if (digit === 0) return start;
  if (digit === count - 1) return stop;
  // A step first, as numpy does: whole steps then give whole numbers.
  if (source.kind === 'linspace') return start + digit * ((stop - start) / (count - 1));
  const logStart = Math.log10(start);
  return 10 ** (logStart + digit * ((Math.log10(stop) - logStart) / (count - 1)));
}
