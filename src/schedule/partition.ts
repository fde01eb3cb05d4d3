/** Units dealt out to workers before the run, so that all have as much to do. */

export interface Partition {
  /** Units of each worker, the dearest first. */
  readonly owned: readonly number[][];
  /** Sum of their costs. */
  readonly loads: Float64Array;
}

/**
 * Longest processing time first (Graham 1969): the dearest unit that is left goes to the worker that has least so far.
 * `order`: units, the dearest first.
 */
export function longestFirst(costs: Float64Array, order: Uint32Array, workers: number): Partition {
  const owned = Array.from({ length: workers }, (): number[] => []);
  const loads = new Float64Array(workers);
  const least = new LeastLoaded(loads);
  for (const unit of order) {
    owned[least.top]!.push(unit);
    least.add(costs[unit]!);
  }
  return { owned, loads };
}

/** Pairs of units looked at before a partition is left as it is: about a tenth of a second. */
const mostPairs = 20_000_000;

/**
 * Makes the fullest share smaller as long as that can be done by giving one of its units away, or by changing it for a
 * cheaper one of another share; the best such change first.
 */
export function evenOut(costs: Float64Array, { owned, loads }: Partition): void {
  const unitCount = owned.reduce((sum, units) => sum + units.length, 0);
  for (let pairs = 0; pairs < mostPairs; ) {
    const fullest = loads.indexOf(loads.reduce((a, b) => Math.max(a, b)));
    pairs += owned[fullest]!.length * (unitCount + owned.length);
    const change = bestChange(costs, owned, loads, fullest);
    if (!change) break;
    const { place, other, otherPlace } = change;
    const from = owned[fullest]!;
    const to = owned[other]!;
    const given = from[place]!;
    const taken = to[otherPlace];
    if (taken === undefined) from.splice(place, 1);
    else from[place] = taken;
    to[otherPlace] = given;
    const difference = costs[given]! - (taken === undefined ? 0 : costs[taken]!);
    loads[fullest]! -= difference;
    loads[other]! += difference;
  }
  for (const units of owned) units.sort((a, b) => costs[b]! - costs[a]! || a - b);
}

/** `otherPlace` behind the other's last unit: nothing comes back. */
interface Change {
  readonly place: number;
  readonly other: number;
  readonly otherPlace: number;
}

function bestChange(
  costs: Float64Array,
  owned: readonly number[][],
  loads: Float64Array,
  fullest: number,
): Change | undefined {
  const full = loads[fullest]!;
  // Less than rounding would make changes go round in circles.
  let least = full * (1 - 1e-12);
  let best: Change | undefined;
  owned[fullest]!.forEach((unit, place) => {
    for (let other = 0; other < owned.length; other++) {
      const units = owned[other]!;
      const load = loads[other]!;
      for (let otherPlace = 0; otherPlace <= units.length; otherPlace++) {
        const back = otherPlace < units.length ? costs[units[otherPlace]!]! : 0;
        const difference = costs[unit]! - back;
        const larger = Math.max(full - difference, load + difference);
        if (other === fullest || larger >= least) continue;
        least = larger;
        best = { place, other, otherPlace };
      }
    }
  });
  return best;
}

/** A binary heap of workers, the one with the smallest load (of equal ones the first) on top. */
class LeastLoaded {
  readonly #loads: Float64Array;
  readonly #heap: Uint32Array;

  constructor(loads: Float64Array) {
    this.#loads = loads;
    this.#heap = Uint32Array.from(loads, (_, i) => i);
  }

  get top(): number {
    return this.#heap[0]!;
  }

  /** Adds to the load of the one on top. */
  add(cost: number): void {
    const heap = this.#heap;
    const worker = heap[0]!;
    this.#loads[worker]! += cost;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && this.#isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!this.#isBefore(heap[child]!, worker)) break;
      heap[place] = heap[child]!;
      place = child;
    }
    heap[place] = worker;
  }

  #isBefore(a: number, b: number): boolean {
    const difference = this.#loads[a]! - this.#loads[b]!;
    return difference < 0 || (difference === 0 && a < b);
  }
}
