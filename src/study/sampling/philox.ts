/**
 * Philox4x32-10, a counter-based generator (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as
 * 1, 2, 3", SC 2011): 128 bits out of a 128-bit counter and a 64-bit key, with no state between calls, so that
 * any case's draws can be computed alone.
 */

const multiplier0 = 0xd2511f53;
const multiplier1 = 0xcd9e8d57;
const weyl0 = 0x9e3779b9;
const weyl1 = 0xbb67ae85;
const rounds = 10;

/** The four output words for counter words `c0 … c3` and key words `k0, k1`, all unsigned 32-bit. */
export function philox4x32(
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  k0: number,
  k1: number,
): readonly [number, number, number, number] {
  let [a, b, c, d, key0, key1] = [c0 | 0, c1 | 0, c2 | 0, c3 | 0, k0 | 0, k1 | 0];
  for (let round = 0; round < rounds; round++) {
    const high0 = multiplyHigh(multiplier0, a);
    const low0 = Math.imul(multiplier0, a);
    const high1 = multiplyHigh(multiplier1, c);
    const low1 = Math.imul(multiplier1, c);
    a = high1 ^ b ^ key0;
    b = low1;
    c = high0 ^ d ^ key1;
    d = low0;
    key0 = (key0 + weyl0) | 0;
    key1 = (key1 + weyl1) | 0;
  }
  return [a >>> 0, b >>> 0, c >>> 0, d >>> 0];
}

/**
 * Uniform numbers in (0, 1) for a list of sample indices: `even` gets those of dimension `2 * pair`, `odd` those of the
 * next one. Both come from one block: counter = (index low, index high, pair, 0), key = the two halves of the seed.
 */
export function fillUniformPair(
  seed: number,
  pair: number,
  indices: Float64Array,
  count: number,
  even: Float64Array,
  odd: Float64Array,
): void {
  const k0 = seed | 0;
  const k1 = Math.floor(seed / 0x1_0000_0000) | 0;
  for (let i = 0; i < count; i++) {
    const index = indices[i]!;
    // The rounds stand here again because an array for each block's words would cost more than the block.
    let a = index | 0;
    let b = (index / 0x1_0000_0000) | 0;
    let c = pair;
    let d = 0;
    let key0 = k0;
    let key1 = k1;
    for (let round = 0; round < rounds; round++) {
      const high0 = multiplyHigh(multiplier0, a);
      const low0 = Math.imul(multiplier0, a);
      const high1 = multiplyHigh(multiplier1, c);
      const low1 = Math.imul(multiplier1, c);
      a = high1 ^ b ^ key0;
      b = low1;
      c = high0 ^ d ^ key1;
      d = low0;
      key0 = (key0 + weyl0) | 0;
      key1 = (key1 + weyl1) | 0;
    }
    even[i] = uniformOf(a, b);
    odd[i] = uniformOf(c, d);
  }
}

/**
 * An odd multiple of 2^-53 from 52 bits of two words: exact in a double, symmetric about 1/2 and never 0 or 1, so that
 * logarithms and inverse distributions are always finite.
 */
export function uniformOf(high: number, low: number): number {
  return ((high >>> 0) * 0x10_0000 + (low >>> 12) + 0.5) * 2 ** -52;
}

/** Upper 32 bits of an unsigned 32 × 32-bit product, by halves; every sum stays below 2^32, taken modulo 2^32 as signed. */
function multiplyHigh(x: number, y: number): number {
  const xLow = x & 0xffff;
  const xHigh = x >>> 16;
  const yLow = y & 0xffff;
  const yHigh = y >>> 16;
  const middle = (Math.imul(xHigh, yLow) + (Math.imul(xLow, yLow) >>> 16)) | 0;
  const cross = (Math.imul(xLow, yHigh) + (middle & 0xffff)) | 0;
  return (Math.imul(xHigh, yHigh) + (middle >>> 16) + (cross >>> 16)) | 0;
}
