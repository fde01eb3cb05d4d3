/** Adaptive factoring: chunks from the mean and the scatter of case times, measured for each worker. */
import { QueueScheduler } from './dynamic.js';

/** What one worker's cases have taken so far. */
interface Measured {
  blocks: number;
  cases: number;
  meanMs: number;
  /** Σ count (mean of block − mean)², which is (blocks − 1) σ² on average. */
  scatter: number;
  /** Its terms in the sums over all workers; 0 before two blocks are measured. */
  ratio: number;
  rate: number;
}

/**
 * Banicescu and Liu, "Adaptive factoring: a dynamic scheduling method tuned to the rate of weight changes" (HPC 2000).
 * With means μ and variances σ² of case times of each of p workers and R cases left, worker i gets
 * (D + 2TR − √(D² + 4DTR)) / (2 μ_i) cases, D = Σ σ²/μ and T = 1 / Σ 1/μ. A worker that has not returned two
 * blocks gets chunks of a measured length, as in self-scheduling; in the sums it counts as an average one.
 */
export class AdaptiveFactoringScheduler extends QueueScheduler {
  readonly #workers = new Map<number, Measured>();
  #known = 0;
  #ratios = 0;
  #rates = 0;

  observeBlock(worker: number, _first: number, count: number, elapsedMs: number): void {
    let own = this.#workers.get(worker);
    if (!own) {
      own = { blocks: 0, cases: 0, meanMs: 0, scatter: 0, ratio: 0, rate: 0 };
      this.#workers.set(worker, own);
    }
    // A clock that did not move must not look like cases that take no time.
    const caseMs = Math.max(elapsedMs, 1e-6) / count;
    own.blocks++;
    own.cases += count;
    const difference = caseMs - own.meanMs;
    own.meanMs += (difference * count) / own.cases;
    own.scatter += count * difference * (caseMs - own.meanMs);
    if (own.blocks < 2) return;
    if (own.rate === 0) this.#known++;
    this.#forget(own);
    own.ratio = own.scatter / (own.blocks - 1) / own.meanMs;
    own.rate = 1 / own.meanMs;
    this.#ratios += own.ratio;
    this.#rates += own.rate;
  }

  override release(worker: number): void {
    const own = this.#workers.get(worker);
    if (!own) return;
    this.#workers.delete(worker);
    if (own.rate > 0) this.#known--;
    this.#forget(own);
  }

  protected size(worker: number): number {
    const least = this.chunk === 'auto' ? 1 : this.chunk;
    const own = this.#workers.get(worker);
    const share = Math.ceil(this.queue.total / (2 * this.workerCount));
    if (!own || own.rate === 0) {
      return Math.max(least, Math.min(this.chunk === 'auto' ? this.measured.size() : this.chunk, share));
    }
    const everyone = Math.max(this.workerCount, this.#known) / this.#known;
    const d = Math.max(0, this.#ratios * everyone);
    const t = 1 / (this.#rates * everyone);
    const tr = t * this.queue.total;
    const size = (d + 2 * tr - Math.sqrt(d * d + 4 * d * tr)) / (2 * own.meanMs);
    return Math.max(least, Math.floor(size));
  }

  #forget(own: Measured): void {
    this.#ratios -= own.ratio;
    this.#rates -= own.rate;
  }
}
