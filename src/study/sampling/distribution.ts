/** Distributions of parameters: plain data, their transform from uniform numbers, and their support. */
import { inverseNormal, normalIntegral } from './normal.js';

/** `mean` and `std` of a lognormal are those of the logarithm to `base`. Truncation keeps `min … max` of the value. */
export type Distribution =
  | { readonly kind: 'uniform'; readonly min: number; readonly max: number }
  | { readonly kind: 'loguniform'; readonly min: number; readonly max: number }
  | {
      readonly kind: 'normal';
      readonly mean: number;
      readonly std: number;
      readonly min?: number;
      readonly max?: number;
    }
  | {
      readonly kind: 'lognormal';
      readonly mean: number;
      readonly std: number;
      readonly base: 'e' | 10;
      readonly min?: number;
      readonly max?: number;
    };

/** Turns `count` uniform numbers into draws, in place. */
export type Transform = (values: Float64Array, count: number) => void;

export function createTransform(distribution: Distribution): Transform {
  switch (distribution.kind) {
    case 'uniform': {
      const { min, max } = distribution;
      const width = max - min;
      return (values, count) => {
        for (let i = 0; i < count; i++) values[i] = clamp(min + width * values[i]!, min, max);
      };
    }
    case 'loguniform': {
      const { min, max } = distribution;
      const start = Math.log(min);
      const width = Math.log(max) - start;
      return (values, count) => {
        for (let i = 0; i < count; i++) values[i] = clamp(Math.exp(start + width * values[i]!), min, max);
      };
    }
    case 'normal': {
      const { mean, std } = distribution;
      const { min = -Infinity, max = Infinity } = distribution;
      const z = truncatedNormal((min - mean) / std, (max - mean) / std);
      return each((u) => clamp(mean + std * z(u), min, max));
    }
    case 'lognormal': {
      const { mean, std } = distribution;
      const { min = 0, max = Infinity } = distribution;
      const scale = distribution.base === 10 ? Math.LN10 : 1;
      const z = truncatedNormal((Math.log(min) / scale - mean) / std, (Math.log(max) / scale - mean) / std);
      return each((u) => clamp(Math.exp(scale * (mean + std * z(u))), min, max));
    }
    default:
      return distribution satisfies never;
  }
}

/** Smallest and largest value; a lognormal is positive, so that its bound is the smallest positive number. */
export function supportOf(distribution: Distribution): readonly [number, number] {
  switch (distribution.kind) {
    case 'uniform':
    case 'loguniform':
      return [distribution.min, distribution.max];
    case 'normal':
      return [distribution.min ?? -Infinity, distribution.max ?? Infinity];
    case 'lognormal':
      return [distribution.min ?? Number.MIN_VALUE, distribution.max ?? Infinity];
    default:
      return distribution satisfies never;
  }
}

/** Probability of the part that truncation keeps; a part of no probability cannot be drawn from. */
export function keptProbability(distribution: Distribution): number {
  if (distribution.kind === 'uniform' || distribution.kind === 'loguniform') return 1;
  const { mean, std, min, max } = distribution;
  const scale = distribution.kind === 'lognormal' && distribution.base === 10 ? Math.LN10 : 1;
  const z = (bound: number) =>
    ((distribution.kind === 'lognormal' ? Math.log(bound) / scale : bound) - mean) / std;
  const low = min === undefined ? -Infinity : z(min);
  const high = max === undefined ? Infinity : z(max);
  // Above the mean the upper tails are subtracted, which are small numbers with all their digits.
  return low > 0 ? normalIntegral(-low) - normalIntegral(-high) : normalIntegral(high) - normalIntegral(low);
}

/** Inverse of the normal distribution cut to [low, high], by the inverse of the whole one between Φ(low) and Φ(high). */
function truncatedNormal(low: number, high: number): (u: number) => number {
  if (low === -Infinity && high === Infinity) return inverseNormal;
  if (low > 0) {
    const mirrored = truncatedNormal(-high, -low);
    return (u) => -mirrored(1 - u);
  }
  const start = normalIntegral(low);
  const width = normalIntegral(high) - start;
  return (u) => inverseNormal(start + width * u);
}

function each(transform: (u: number) => number): Transform {
  return (values, count) => {
    for (let i = 0; i < count; i++) values[i] = transform(values[i]!);
  };
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), max);
}
