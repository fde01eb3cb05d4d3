/** What cases are predicted to take, and how much of it is done: kept whatever the strategy. */
import { Bins } from './bins.js';
import { CostLearner } from './cost-learner.js';
import { type CostModel, isCost } from './costs.js';
import type { KeptCosts } from './kept-costs.js';
import { MeanRatio } from './mean-ratio.js';
import { Thinning } from './thinning.js';
import type { Chunk } from './work-queue.js';

/** No more blocks of earlier runs than these count beside those of this one: their machine may have been another. */
const mostEarlierBlocks = 8;

export class CostLedger {
  readonly #isUniform: boolean;
  readonly #bins: Bins;
  readonly #thinning = new Thinning();
  readonly #earlier: KeptCosts | undefined;
  readonly #learner: CostLearner | undefined;
  /** Units of cost of an average case of each bin. */
  #units: Float64Array;
  /** Cases of each bin that are done. */
  readonly #done: Float64Array;
  #totalUnits = 0;
  #doneUnits = 0;
  #busyMs = 0;
  /** Time by units of cost, over blocks. */
  readonly #ratio = new MeanRatio();

  /** `ranges`: the cases to compute. */
  constructor(ranges: Iterable<Readonly<Chunk>>, model: CostModel | undefined, earlier?: KeptCosts) {
    this.#earlier = earlier;
    this.#isUniform = model === undefined;
    this.#bins = new Bins(ranges, this.#isUniform);
    this.#done = new Float64Array(this.#bins.length);
    if (model?.kind === 'features') this.#learner = new CostLearner(this.#bins, model);
    this.#units = this.#unitsBy(model);
    this.#totalUnits = weighted(this.#units, this.#bins.asked);
  }

  /** `isMeasured`: all its cases completed; one that failed has not taken the time that it takes. */
  observeBlock(first: number, count: number, elapsedMs: number, isMeasured: boolean): void {
    const units = this.#isUniform ? count : this.#bins.sum(this.#units, first, count);
    this.#doneUnits += units;
    this.#busyMs += elapsedMs;
    if (this.#learner) this.#bins.add(this.#done, first, count);
    if (!isMeasured) return;
    this.#ratio.add(units, count, elapsedMs);
    if (!this.#thinning.take()) return;
    if (!this.#learner) this.#ratio.look(units, count, elapsedMs);
    else if (this.#learner.observeBlock(first, count, elapsedMs)) this.#takeUnits(this.#learner.units);
  }

  /** Runs of cases that completed in so many blocks, whose own times are unknown. */
  observeRuns(runs: readonly Readonly<Chunk>[], blocks: number, elapsedMs: number): void {
    let [units, cases] = [0, 0];
    for (const { first, count } of runs) {
      units += this.#bins.sum(this.#units, first, count);
      cases += count;
      if (this.#learner) this.#bins.add(this.#done, first, count);
    }
    this.#doneUnits += units;
    this.#busyMs += elapsedMs;
    this.#ratio.add(units, cases, elapsedMs, blocks);
  }

  /** A case that was observed has failed and is computed again. */
  comesAgain(index: number): void {
    this.#doneUnits -= this.#bins.sum(this.#units, index, 1);
    if (this.#learner) this.#bins.add(this.#done, index, 1, -1);
  }

  /** Time of cases on one worker; undefined before anything is known. */
  predictMs(first: number, count: number): number | undefined {
    const { msPerUnit } = this;
    return msPerUnit === undefined ? undefined : this.#bins.sum(this.#units, first, count) * msPerUnit;
  }

  /** Time of the cases that are not done, on one worker; undefined before anything is known. */
  get remainingMs(): number | undefined {
    const { msPerUnit } = this;
    return msPerUnit === undefined ? undefined : Math.max(0, this.#totalUnits - this.#doneUnits) * msPerUnit;
  }

  /** Time that the cases that are done took. */
  get busyMs(): number {
    return this.#busyMs;
  }

  get msPerUnit(): number | undefined {
    const own = this.#ratio;
    if (!this.#earlier) return own.blocks > 0 ? own.mean : undefined;
    if (own.blocks === 0) return this.#earlier.msPerUnit;
    const weight = Math.min(this.#earlier.blocks, mostEarlierBlocks);
    const units = own.units / own.blocks;
    return (own.ms + weight * units * this.#earlier.msPerUnit) / (own.units + weight * units);
  }

  /** Standard deviation of the time of one case about what is predicted, as part of it; undefined before it is known. */
  get scatter(): number | undefined {
    const own = this.#learner ? this.#learner.scatter : this.#ratio.scatter;
    return own ?? this.#earlier?.scatter;
  }

  /** For the runs after this one; undefined when nothing was measured. */
  keep(): KeptCosts | undefined {
    this.#learner?.solve();
    if (this.#learner) this.#takeUnits(this.#learner.units);
    const { msPerUnit } = this;
    const own = this.#ratio;
    if (own.blocks === 0 || msPerUnit === undefined || msPerUnit <= 0) return undefined;
    const { scatter } = this;
    return {
      blocks: own.blocks + (this.#earlier?.blocks ?? 0),
      cases: own.cases + (this.#earlier?.cases ?? 0),
      msPerUnit,
      ...(scatter !== undefined && { scatter }),
      ...(this.#learner && { learned: this.#learner.learned }),
    };
  }

  #unitsBy(model: CostModel | undefined): Float64Array {
    if (this.#learner) return withoutHoles(this.#learner.units);
    if (model?.kind !== 'known') return new Float64Array(this.#bins.length).fill(1);
    const [means] = this.#bins.means(1, (first, count) => [model.costs(first, count)], isCost);
    return withoutHoles(means as Float64Array);
  }

  #takeUnits(units: Float64Array): void {
    this.#units = withoutHoles(units);
    this.#totalUnits = weighted(this.#units, this.#bins.asked);
    const doneUnits = weighted(this.#units, this.#done);
    if (this.#doneUnits > 0) this.#ratio.scale(doneUnits / this.#doneUnits);
    this.#doneUnits = doneUnits;
  }
}

function weighted(units: Float64Array, counts: Float64Array): number {
  let sum = 0;
  for (let bin = 0; bin < units.length; bin++) sum += counts[bin]! * units[bin]!;
  return sum;
}

/** Cases of which nothing is known count as average ones. */
function withoutHoles(units: Float64Array): Float64Array {
  const known = units.filter(isCost);
  if (known.length === units.length) return units;
  const mean = known.length === 0 ? 1 : known.reduce((sum, value) => sum + value, 0) / known.length;
  return units.map((value) => (isCost(value) ? value : mean));
}
