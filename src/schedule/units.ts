/** What strategies that know costs hand out: runs of consecutive cases, none much dearer than the others. */
import { type CostModel, expectedCosts, isCost, type KnownModel } from './costs.js';
import type { Chunk } from './work-queue.js';

/** A unit costs at most this part of a worker's share, unless it is one case: the end of the run is even to within it. */
export const unitsPerShare = 256;

/**
 * Where times are known, units last this long even if that is a larger part of a share, down to so few in a share:
 * the one coordinator of many workers has enough to do.
 */
const leastUnitMs = 5;
const fewUnits = 32;

/** Cases evaluated at once. */
const batch = 4096;

export interface Units {
  readonly firsts: Float64Array;
  readonly counts: Uint32Array;
  readonly costs: Float64Array;
}

export interface UnitRequest {
  readonly ranges: Iterable<Readonly<Chunk>>;
  readonly workers: readonly number[];
  /** Most cases in a unit; `auto`: as many as the cost allows. */
  readonly chunk: number | 'auto';
  readonly mostCases: number;
}

/**
 * Cuts ranges into units, in their order. A case whose cost is missing counts as an average one. Reads every cost twice, so that memory goes with the units and not with the cases.
 */
export function makeUnits(request: UnitRequest, model: CostModel): Units {
  const { costs: evaluate, msPerUnit } = expectedCosts(model);
  const ranges = [...request.ranges];
  const { sum, known, total } = sumOf(ranges, evaluate);
  const mean = known > 0 && sum > 0 ? sum / known : 1;
  const most = request.chunk === 'auto' ? request.mostCases : Math.min(request.chunk, request.mostCases);
  const share = (mean * total) / request.workers.length;
  const limit = request.chunk === 'auto' ? unitLimit(share, msPerUnit) : Number.POSITIVE_INFINITY;

  const out = new UnitList();
  for (const range of ranges) {
    let first = range.first;
    let count = 0;
    let cost = 0;
    eachBatch(range, evaluate, (costs) => {
      for (const given of costs) {
        const own = isCost(given) ? given : mean;
        if (count > 0 && (count === most || cost + own > limit)) {
          out.push(first, count, cost);
          first += count;
          count = 0;
          cost = 0;
        }
        count++;
        cost += own;
      }
    });
    if (count > 0) out.push(first, count, cost);
  }
  return out.finish();
}

function unitLimit(share: number, msPerUnit: number | undefined): number {
  const part = share / unitsPerShare;
  return msPerUnit === undefined ? part : Math.max(part, Math.min(leastUnitMs / msPerUnit, share / fewUnits));
}

/** Positions of the units, the dearest first; equal ones in their order. */
export function dearestFirst({ costs }: Units): Uint32Array {
  const order = Uint32Array.from(costs, (_, i) => i);
  return order.sort((a, b) => costs[b]! - costs[a]! || a - b);
}

type Evaluator = KnownModel['costs'];

function eachBatch(
  { first, count }: Readonly<Chunk>,
  evaluate: Evaluator,
  visit: (costs: Float64Array) => void,
): void {
  for (let at = 0; at < count; at += batch) visit(evaluate(first + at, Math.min(batch, count - at)));
}

function sumOf(
  ranges: readonly Readonly<Chunk>[],
  evaluate: Evaluator,
): { sum: number; known: number; total: number } {
  let sum = 0;
  let known = 0;
  let total = 0;
  for (const range of ranges) {
    total += range.count;
    eachBatch(range, evaluate, (costs) => {
      for (const cost of costs) {
        if (!isCost(cost)) continue;
        sum += cost;
        known++;
      }
    });
  }
  return { sum, known, total };
}

class UnitList {
  #firsts = new Float64Array(1024);
  #counts = new Uint32Array(1024);
  #costs = new Float64Array(1024);
  #length = 0;

  push(first: number, count: number, cost: number): void {
    if (this.#length === this.#firsts.length) this.#grow();
    this.#firsts[this.#length] = first;
    this.#counts[this.#length] = count;
    this.#costs[this.#length] = cost;
    this.#length++;
  }

  finish(): Units {
    const length = this.#length;
    return {
      firsts: this.#firsts.slice(0, length),
      counts: this.#counts.slice(0, length),
      costs: this.#costs.slice(0, length),
    };
  }

  #grow(): void {
    const size = this.#length * 2;
    const [firsts, counts, costs] = [this.#firsts, this.#counts, this.#costs];
    this.#firsts = new Float64Array(size);
    this.#counts = new Uint32Array(size);
    this.#costs = new Float64Array(size);
    this.#firsts.set(firsts);
    this.#counts.set(counts);
    this.#costs.set(costs);
  }
}
