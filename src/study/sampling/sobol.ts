/**
 * Sobol points by index, and their scrambling. Point i has, in each dimension, the exclusive or of the direction
 * numbers that belong to the bits of i; the sequence is therefore random access (it is the usual Gray-code order with the
 * points of each block of 2^k permuted).
 */
import { mix } from './permutation.js';
import { directionNumbers } from './sobol-directions.js';

const table = directionNumbers.trim().split(/\s+/);

/** Dimensions that the table has, van der Corput's first one included. */
export const sobolDimensions = table.length + 1;

/** Points of a sequence of 32-bit numbers. */
export const sobolPoints = 2 ** 32;

/** The 32 direction numbers of a dimension from 0, scaled to 32 bits: entry k belongs to bit k of the index. */
export function sobolDirections(dimension: number): Int32Array {
  const directions = new Int32Array(32);
  const entry = dimension === 0 ? undefined : table[dimension - 1]!;
  if (entry === undefined) {
    for (let k = 0; k < 32; k++) directions[k] = 1 << (31 - k);
    return directions;
  }
  const [a, m] = entry.split(':') as [string, string];
  const initial = m.split(',').map(Number);
  const degree = initial.length;
  const coefficients = Number(a);
  for (let k = 0; k < 32; k++) {
    if (k < degree) {
      directions[k] = initial[k]! << (31 - k);
      continue;
    }
    // Recurrence of the primitive polynomial: v_k = v_{k-s} ⊕ v_{k-s} >> s ⊕ (those v_{k-j} whose coefficient a_j is 1).
    let v = directions[k - degree]! ^ (directions[k - degree]! >>> degree);
    for (let j = 1; j < degree; j++) {
      if ((coefficients >>> (degree - 1 - j)) & 1) v ^= directions[k - j]!;
    }
    directions[k] = v;
  }
  return directions;
}

/** Point `index` (below 2^32) of one dimension as an unsigned 32-bit fraction. */
export function sobolPoint(directions: Int32Array, index: number): number {
  let bits = index | 0;
  let point = 0;
  for (let k = 0; bits !== 0; k++, bits >>>= 1) {
    if (bits & 1) point ^= directions[k]!;
  }
  return point >>> 0;
}

/**
 * Nested uniform (Owen) scrambling by a hash in which each bit depends on the bits above it only: Laine and Karras,
 * "Stratified sampling for stochastic transparency" (2011), as used for Sobol points by Burley, "Practical hash-based
 * Owen scrambling" (JCGT 9(4), 2020), with the multipliers of N. Vegdahl ("Building a better LK hash", 2021).
 */
export function owenScramble(point: number, seed: number): number {
  let x = reverseBits(point);
  x ^= Math.imul(x, 0x3d20adea);
  x = (x + seed) | 0;
  x = Math.imul(x, (seed >>> 16) | 1);
  x ^= Math.imul(x, 0x05526c56);
  x ^= Math.imul(x, 0x53a22864);
  return reverseBits(x) >>> 0;
}

/** Scrambled Sobol numbers in (0, 1) for a list of sample indices: the centre of each 32-bit cell. */
export function sobolSource(
  seed: number,
  dimension: number,
): (indices: Float64Array, count: number, out: Float64Array) => void {
  const directions = sobolDirections(dimension);
  const scramble = mix(
    mix(mix(seed | 0) ^ Math.floor(seed / 0x1_0000_0000)) + Math.imul(dimension + 1, 0x9e3779b9),
  );
  return (indices, count, out) => {
    for (let i = 0; i < count; i++) {
      out[i] = (owenScramble(sobolPoint(directions, indices[i]!), scramble) + 0.5) * 2 ** -32;
    }
  };
}

function reverseBits(value: number): number {
  let x = value;
  x = ((x >>> 1) & 0x55555555) | ((x & 0x55555555) << 1);
  x = ((x >>> 2) & 0x33333333) | ((x & 0x33333333) << 2);
  x = ((x >>> 4) & 0x0f0f0f0f) | ((x & 0x0f0f0f0f) << 4);
  x = ((x >>> 8) & 0x00ff00ff) | ((x & 0x00ff00ff) << 8);
  return (x >>> 16) | (x << 16);
}
