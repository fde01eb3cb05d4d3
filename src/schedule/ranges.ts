/** A set of case indices, kept as disjoint half-open intervals: small however many cases it holds. */

/** Cases `first … first + count - 1`. */
export interface Range {
  readonly first: number;
  readonly count: number;
}

/**
 * Intervals live in leaves of bounded size, so that adding single cases in random order costs a move of one leaf
 * and not of the whole list. Neighbouring intervals are always fused: two never touch.
 */
export class RangeSet implements Iterable<Range> {
  #leaves: Leaf[] = [];
  #total = 0;

  /** Cases in the set. */
  get total(): number {
    return this.#total;
  }

  /** Intervals needed to say so. */
  get rangeCount(): number {
    return this.#leaves.reduce((sum, leaf) => sum + leaf.starts.length, 0);
  }

  has(index: number): boolean {
    const leaf = this.#leaves[this.#leafOf(index)];
    if (!leaf) return false;
    const at = lastAtOrBelow(leaf.starts, index);
    return at >= 0 && index < leaf.ends[at]!;
  }

  /** Adds the cases of a range; returns how many of them are new. */
  add(first: number, count: number): number {
    if (count <= 0) return 0;
    if (this.#extend(first, count)) return count;
    const before = this.#total;
    // What touches the new interval is taken out and comes back as part of it.
    const taken = this.#take(first, first + count, true);
    this.#insert(Math.min(first, taken.start), Math.max(first + count, taken.end));
    return this.#total - before;
  }

  /** Takes the cases of a range out; returns how many were there. */
  delete(first: number, count: number): number {
    if (count <= 0) return 0;
    const before = this.#total;
    const end = first + count;
    const taken = this.#take(first, end, false);
    if (taken.start < first) this.#insert(taken.start, first);
    if (taken.end > end) this.#insert(end, taken.end);
    return before - this.#total;
  }

  /** Whether any case of a range is in the set. */
  overlaps(first: number, count: number): boolean {
    const end = first + count;
    const l = Math.max(0, this.#leafOf(end - 1));
    const leaf = this.#leaves[l];
    if (!leaf || count <= 0) return false;
    const at = lastAtOrBelow(leaf.starts, end - 1);
    return at >= 0 && leaf.ends[at]! > first;
  }

  /** The parts of a range that are not in the set, in order. */
  *missing(first: number, count: number): Generator<Range> {
    let from = first;
    const end = first + count;
    for (const range of this.within(first, count)) {
      if (range.first > from) yield { first: from, count: range.first - from };
      from = range.first + range.count;
    }
    if (from < end) yield { first: from, count: end - from };
  }

  /** The parts of a range that are in the set, in order. */
  *within(first: number, count: number): Generator<Range> {
    const end = first + count;
    for (let l = Math.max(0, this.#leafOf(first)); l < this.#leaves.length; l++) {
      const { starts, ends } = this.#leaves[l]!;
      for (let i = Math.max(0, lastAtOrBelow(starts, first)); i < starts.length; i++) {
        if (starts[i]! >= end) return;
        const from = Math.max(first, starts[i]!);
        const to = Math.min(end, ends[i]!);
        if (to > from) yield { first: from, count: to - from };
      }
    }
  }

  /** The cases of `0 … count - 1` that are not in the set. */
  complement(count: number): RangeSet {
    const rest = new RangeSet();
    for (const range of this.missing(0, count)) rest.add(range.first, range.count);
    return rest;
  }

  clone(): RangeSet {
    const copy = new RangeSet();
    copy.#leaves = this.#leaves.map(({ starts, ends }) => ({ starts: [...starts], ends: [...ends] }));
    copy.#total = this.#total;
    return copy;
  }

  *[Symbol.iterator](): Generator<Range> {
    for (const { starts, ends } of this.#leaves) {
      for (let i = 0; i < starts.length; i++) yield { first: starts[i]!, count: ends[i]! - starts[i]! };
    }
  }

  /** The common case, without a search for what else is touched: the range continues an interval and meets no other. */
  #extend(first: number, count: number): boolean {
    const l = this.#leafOf(first);
    const leaf = this.#leaves[l];
    if (!leaf) return false;
    const at = lastAtOrBelow(leaf.starts, first);
    if (leaf.ends[at] !== first) return false;
    const next = leaf.starts[at + 1] ?? this.#leaves[l + 1]?.starts[0] ?? Number.POSITIVE_INFINITY;
    if (next <= first + count) return false;
    leaf.ends[at] = first + count;
    this.#total += count;
    return true;
  }

  /** Index of the last leaf that starts at or below `index`; -1 when all start above. */
  #leafOf(index: number): number {
    let low = 0;
    let high = this.#leaves.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#leaves[middle]!.starts[0]! <= index) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** Removes every interval that overlaps `[start, end)`, or touches it; returns the hull of what was removed. */
  #take(start: number, end: number, touching: boolean): { start: number; end: number } {
    const hull = { start: Number.POSITIVE_INFINITY, end: Number.NEGATIVE_INFINITY };
    const meets = (from: number, to: number) =>
      touching ? from <= end && to >= start : from < end && to > start;
    // The interval that reaches in from the left may be the last one of the leaf before.
    let l = Math.max(0, this.#leafOf(start - 1));
    while (l < this.#leaves.length) {
      const leaf = this.#leaves[l]!;
      if (leaf.starts[0]! > end) break;
      let from = Math.max(0, lastAtOrBelow(leaf.starts, start - 1));
      if (!meets(leaf.starts[from]!, leaf.ends[from]!)) from++;
      let to = from;
      while (to < leaf.starts.length && meets(leaf.starts[to]!, leaf.ends[to]!)) {
        hull.start = Math.min(hull.start, leaf.starts[to]!);
        hull.end = Math.max(hull.end, leaf.ends[to]!);
        this.#total -= leaf.ends[to]! - leaf.starts[to]!;
        to++;
      }
      leaf.starts.splice(from, to - from);
      leaf.ends.splice(from, to - from);
      if (leaf.starts.length === 0) this.#leaves.splice(l, 1);
      else l++;
    }
    return hull;
  }

  #insert(start: number, end: number): void {
    this.#total += end - start;
    const l = Math.max(0, this.#leafOf(start));
    const leaf = this.#leaves[l];
    if (!leaf) {
      this.#leaves.push({ starts: [start], ends: [end] });
      return;
    }
    const at = lastAtOrBelow(leaf.starts, start) + 1;
    leaf.starts.splice(at, 0, start);
    leaf.ends.splice(at, 0, end);
    if (leaf.starts.length > leafSize) {
      const half = leafSize >>> 1;
      this.#leaves.splice(l + 1, 0, { starts: leaf.starts.splice(half), ends: leaf.ends.splice(half) });
    }
  }
}

/** Starts and exclusive ends, ascending; never empty. */
interface Leaf {
  readonly starts: number[];
  readonly ends: number[];
}

const leafSize = 512;

/** Position of the last value that is not above `index`; -1 when there is none. */
function lastAtOrBelow(ascending: readonly number[], index: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! <= index) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
