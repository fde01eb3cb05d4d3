/** Blocks from which the scatter is known. */
const enough = 8;

/** Time by units of cost over many blocks: its mean, and how far the times of single cases scatter about it. */
export class MeanRatio {
  blocks = 0;
  cases = 0;
  units = 0;
  ms = 0;
  /** Of blocks looked at: their number, their cases, the mean of their ratios, and Σ cases (ratio − mean)², on average (looks − 1) σ². */
  #looks = 0;
  #looked = 0;
  #ratio = 0;
  #squares = 0;

  add(units: number, cases: number, ms: number, blocks = 1): void {
    this.blocks += blocks;
    this.cases += cases;
    this.units += units;
    this.ms += ms;
  }

  /** Takes a block into account for the scatter as well. */
  look(units: number, cases: number, ms: number): void {
    if (units <= 0) return;
    this.#looks++;
    this.#looked += cases;
    const own = ms / units;
    const difference = own - this.#ratio;
    this.#ratio += (difference * cases) / this.#looked;
    this.#squares += cases * difference * (own - this.#ratio);
  }

  get mean(): number {
    return this.units > 0 ? this.ms / this.units : 0;
  }

  /** Standard deviation of the ratio of one case, as part of the mean; undefined before it is known. */
  get scatter(): number | undefined {
    if (this.#looks < enough || this.#ratio === 0) return undefined;
    return Math.sqrt(this.#squares / (this.#looks - 1)) / this.#ratio;
  }

  /** The unit is `factor` times smaller now. */
  scale(factor: number): void {
    this.units *= factor;
    this.#ratio /= factor;
    this.#squares /= factor * factor;
  }
}
