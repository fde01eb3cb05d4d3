/**
 * Keyed permutations of 0 … n - 1 that are computed, not stored: a Feistel network over pairs (left, right) of residues
 * modulo a and b with a·b just above n, walked until it lands below n (Black and Rogaway: "Ciphers with arbitrary finite
 * domains", CT-RSA 2002). Because a·b - n < 2·√n, one walk is nearly always enough.
 */

const rounds = 6;

/** Above it, a·b would pass 2^53, where doubles skip whole numbers. */
export const permutationSizeLimit = 2 ** 52;

/** Permutation number (seed, stream) of 0 … size - 1. */
export function keyedPermutation(size: number, seed: number, stream: number): (index: number) => number {
  const a = Math.ceil(Math.sqrt(size));
  const b = Math.ceil(size / a);
  const keys = roundKeys(seed, stream);
  return (index) => {
    let value = index;
    do {
      // Both residues are below 2^27: `| 0` keeps them integers in the machine as well.
      let left = (value / b) | 0;
      let right = (value - left * b) | 0;
      for (let round = 0; round < rounds; round += 2) {
        left += below(a, mix(right ^ keys[round]!));
        if (left >= a) left -= a;
        right += below(b, mix(left ^ keys[round + 1]!));
        if (right >= b) right -= b;
      }
      value = left * b + right;
    } while (value >= size);
    return value;
  };
}

/** 32 bits scrambled: the finalizer "lowbias32" of C. Wellons' search for integer hashes of low bias. */
export function mix(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

/** 32 bits as a number below `bound` (at most 2^27). */
function below(bound: number, bits: number): number {
  return (bits * (bound * 2 ** -32)) | 0;
}

function roundKeys(seed: number, stream: number): Int32Array {
  const low = seed | 0;
  const high = Math.floor(seed / 0x1_0000_0000) | 0;
  return Int32Array.from({ length: rounds }, (_, round) =>
    mix(mix(mix(low) ^ high) + mix(stream ^ 0x5bd1e995) + Math.imul(round + 1, 0x9e3779b9)),
  );
}
