import { type ColumnSpec, elements, isNumeric, type NumericData } from '../../codec/columns.js';
import type { StatisticName } from '../../study/study.js';
import type { Results } from '../results.js';
import type { RowBatch } from '../row-batch.js';
import { CompensatedSums } from './moments.js';
import { type KeepBudget, RankSearch } from './rank-search.js';

/** Statistics of one numeric output over the cases that completed. Arrays hold an entry for each element, row-major. */
export interface OutputStatistics {
  readonly output: ColumnSpec;
  /** Numbers that went in; NaN is left out. */
  readonly count: Float64Array;
  /** NaN where `count` is 0. */
  readonly values: ReadonlyMap<StatisticName, Float64Array>;
}

/**
 * Statistics of every numeric output over completed cases, in a few passes over the journal and with memory that
 * does not grow with the number of cases.
 *
 * - `mean`: compensated sum in the order of cases, over the count
 * - `std`: of the population (numpy's default, ddof = 0), from a second pass over deviations from that mean
 * - `min`, `max`
 * - `median` and `pN`, 0 ≤ N ≤ 100: exact order statistics, interpolated linearly between neighbours at position
 *   (n − 1)·N/100, which is numpy's default method `linear`
 *
 * The same bits whatever the ranks, chunks and interruptions were.
 *
 * @param keptValues numbers that the search for percentiles may keep in memory
 */
export function ensembleStatistics(
  results: Results,
  names: readonly StatisticName[],
  keptValues = 16 << 20,
): OutputStatistics[] {
  const outputs = results.outputs.filter(({ dtype }) => isNumeric(dtype));
  const quantiles = names.map(quantileOf).filter((quantile) => quantile !== undefined);
  const gatherers = outputs.map((output) => new Gatherer(output, quantiles));
  const budget: KeepBudget = { values: keptValues };
  const options = { withParameters: false, outputs: outputs.map(({ name }) => name) };
  for (let pass = 0; pass === 0 || gatherers.some((gatherer) => gatherer.needs(pass, names)); pass++) {
    for (const batch of results.batches(options)) {
      for (const gatherer of gatherers) gatherer.add(batch, pass);
    }
    for (const gatherer of gatherers) gatherer.endPass(budget);
  }
  return gatherers.map((gatherer) => gatherer.finish(names));
}

/** 0…1 for `median` and `pN`; undefined for what is no quantile. */
export function quantileOf(name: StatisticName): number | undefined {
  if (name === 'median') return 0.5;
  return name.startsWith('p') ? Number(name.slice(1)) / 100 : undefined;
}

class Gatherer {
  readonly #output: ColumnSpec;
  readonly #size: number;
  readonly #quantiles: readonly number[];
  readonly #sums: CompensatedSums;
  readonly #squares: CompensatedSums;
  readonly #count: Float64Array;
  readonly #min: Float64Array;
  readonly #max: Float64Array;
  readonly #mean: Float64Array;
  readonly #searches: readonly RankSearch[];
  #passes = 0;

  constructor(output: ColumnSpec, quantiles: readonly number[]) {
    this.#output = output;
    this.#size = elements(output);
    this.#quantiles = quantiles;
    this.#sums = new CompensatedSums(this.#size);
    this.#squares = new CompensatedSums(this.#size);
    this.#count = new Float64Array(this.#size);
    this.#min = new Float64Array(this.#size).fill(Number.POSITIVE_INFINITY);
    this.#max = new Float64Array(this.#size).fill(Number.NEGATIVE_INFINITY);
    this.#mean = new Float64Array(this.#size);
    this.#searches = quantiles.length > 0 ? Array.from(this.#mean, () => new RankSearch()) : [];
  }

  needs(pass: number, names: readonly StatisticName[]): boolean {
    return (pass === 1 && names.includes('std')) || this.#searches.some((search) => !search.isDone);
  }

  add({ count, status, outputs }: RowBatch, pass: number): void {
    const data = outputs[this.#output.name] as NumericData;
    const size = this.#size;
    // Element by element, so that the counters of one element stay in the cache.
    for (let e = 0; e < size; e++) {
      const search = this.#searches[e];
      const isSearching = search !== undefined && !search.isDone;
      for (let row = 0, at = e; row < count; row++, at += size) {
        if (status[row] !== 0) continue;
        const value = Number(data[at]);
        if (Number.isNaN(value)) continue;
        if (pass === 0) this.#addMoments(e, value);
        else if (pass === 1) this.#addDeviation(e, value);
        if (isSearching) search.add(value);
      }
    }
  }

  endPass(budget: KeepBudget): void {
    this.#searches.forEach((search, e) => {
      if (!search.isDone) search.endPass(wantedRanks(this.#count[e]!, this.#quantiles), budget);
    });
    if (this.#passes++ > 0) return;
    for (let e = 0; e < this.#size; e++) this.#mean[e] = this.#sums.total(e) / this.#count[e]!;
  }

  finish(names: readonly StatisticName[]): OutputStatistics {
    return {
      output: this.#output,
      count: this.#count,
      values: new Map(names.map((name) => [name, this.#mean.map((_, e) => this.#value(name, e))])),
    };
  }

  #addMoments(e: number, value: number): void {
    this.#count[e]!++;
    this.#sums.add(e, value);
    if (value < this.#min[e]!) this.#min[e] = value;
    if (value > this.#max[e]!) this.#max[e] = value;
  }

  #addDeviation(e: number, value: number): void {
    const deviation = value - this.#mean[e]!;
    this.#squares.add(e, deviation * deviation);
  }

  #value(name: StatisticName, e: number): number {
    const count = this.#count[e]!;
    if (count === 0) return Number.NaN;
    switch (name) {
      case 'mean':
        return this.#mean[e]!;
      case 'std':
        return Math.sqrt(this.#squares.total(e) / count);
      case 'min':
        return this.#min[e]!;
      case 'max':
        return this.#max[e]!;
      default:
        return interpolated(this.#searches[e]!, count, quantileOf(name)!);
    }
  }
}

function wantedRanks(count: number, quantiles: readonly number[]): number[] {
  if (count === 0) return [];
  return quantiles.flatMap((quantile) => {
    const below = Math.floor((count - 1) * quantile);
    return [below, Math.min(below + 1, count - 1)];
  });
}

/** Between neighbours a and b as numpy does it: from b downwards in the upper half, so that fraction 1 gives b. */
function interpolated(search: RankSearch, count: number, quantile: number): number {
  const position = (count - 1) * quantile;
  const below = Math.floor(position);
  const a = search.at(below);
  const b = search.at(Math.min(below + 1, count - 1));
  const fraction = position - below;
  // Equal infinities have no difference.
  if (fraction === 0 || a === b) return a;
  return fraction < 0.5 ? a + (b - a) * fraction : b - (b - a) * (1 - fraction);
}
