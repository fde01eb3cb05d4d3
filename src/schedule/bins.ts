/** Cases in bins of neighbours: what is looked up for every block must not cost a look at every case. */
import type { Chunk } from './work-queue.js';

/** Up to this many cases each has a bin of its own. */
const exactCases = 32_768;

/** Bins of more cases, each looked at in two runs of four cases somewhere in it. */
const coarseBins = 2048;
const runs = 2;
const runLength = 4;

/** Cases evaluated at once. */
const batch = 4096;

export class Bins {
  readonly length: number;
  /** Of each bin, how many cases are to be computed. */
  readonly asked: Float64Array;
  readonly #ranges: readonly Readonly<Chunk>[];
  readonly #start: number;
  readonly #end: number;
  /** Cases in a bin; the last one may have fewer. */
  readonly #size: number;

  /** `isUniform`: all cases are alike, and one bin is enough. */
  constructor(ranges: Iterable<Readonly<Chunk>>, isUniform: boolean) {
    this.#ranges = [...ranges].filter(({ count }) => count > 0);
    this.#start = this.#ranges.reduce((least, { first }) => Math.min(least, first), Number.POSITIVE_INFINITY);
    this.#end = this.#ranges.reduce((most, { first, count }) => Math.max(most, first + count), 0);
    const span = Math.max(0, this.#end - this.#start);
    const isExact = span <= exactCases && !isUniform;
    this.#size = isExact ? 1 : Math.ceil(span / (isUniform ? 1 : coarseBins));
    this.length = span === 0 ? 0 : Math.ceil(span / this.#size);
    this.asked = new Float64Array(this.length);
    for (const { first, count } of this.#ranges) this.add(this.asked, first, count);
  }

  /** Sum over cases of what an average case of their bins has. */
  sum(values: Float64Array, first: number, count: number): number {
    let sum = 0;
    const size = this.#size;
    let bin = this.#binOf(first);
    for (let at = first - this.#start, end = at + count; at < end; bin++) {
      const to = Math.min(end, (bin + 1) * size);
      sum += values[bin]! * (to - at);
      at = to;
    }
    return sum;
  }

  /** Adds cases to counts of each bin, or takes them off. */
  add(counts: Float64Array, first: number, count: number, sign: 1 | -1 = 1): void {
    const size = this.#size;
    let bin = this.#binOf(first);
    for (let at = first - this.#start, end = at + count; at < end; bin++) {
      const to = Math.min(end, (bin + 1) * size);
      counts[bin]! += sign * (to - at);
      at = to;
    }
  }

  /**
   * Means over each bin of `numbers` numbers that cases have, from all of its cases or a few, without those that are
   * not valid: `[numbers][bins]`, NaN where none is.
   */
  means(
    numbers: number,
    evaluate: (first: number, count: number) => readonly Float64Array[],
    isValid: (value: number) => boolean,
  ): Float64Array[] {
    const sums = Array.from({ length: numbers }, () => new Float64Array(this.length));
    const counts = Array.from({ length: numbers }, () => new Uint32Array(this.length));
    for (const { first, count } of this.#looks()) {
      evaluate(first, count).forEach((values, j) => {
        for (let i = 0; i < count; i++) {
          if (!isValid(values[i]!)) continue;
          const bin = this.#binOf(first + i);
          sums[j]![bin]! += values[i]!;
          counts[j]![bin]!++;
        }
      });
    }
    return sums.map((own, j) => own.map((sum, bin) => sum / counts[j]![bin]!));
  }

  #binOf(index: number): number {
    return Math.floor((index - this.#start) / this.#size);
  }

  *#looks(): Generator<Readonly<Chunk>> {
    if (this.#size === 1) {
      for (const { first, count } of this.#ranges) {
        for (let at = 0; at < count; at += batch) {
          yield { first: first + at, count: Math.min(batch, count - at) };
        }
      }
      return;
    }
    for (let bin = 0; bin < this.length; bin++) {
      if (this.asked[bin] === 0) continue;
      const first = this.#start + bin * this.#size;
      const cases = Math.min(this.#size, this.#end - first);
      const count = Math.min(runLength, cases);
      for (let run = 0; run < runs; run++) {
        yield { first: first + Math.floor((cases - count + 1) * scattered(bin * runs + run)), count };
      }
    }
  }
}

/** A number in [0, 1) that goes with no period of a grid: Fibonacci hashing (Knuth, volume 3, 6.4). */
export function scattered(index: number): number {
  return (Math.imul(index + 1, 0x9e3779b1) >>> 0) / 2 ** 32;
}
