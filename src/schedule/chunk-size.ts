/** How many cases a chunk should have, from how long cases are seen to take. */

/**
 * A chunk should last long enough that a message costs nothing beside it, and short enough that the end of the run is
 * even and a stop is quick.
 */
const targetMs = 10;

/** One measurement says little: a chunk may be at most this many times the last one that was measured. */
export const largestStep = 32;

/**
 * Cases behind the last one returned among which the ones are that a worker is computing, by the largest block that it
 * returned. Its blocks grow by `largestStep` at most, and small ones, two steps of growth and more, wait for company
 * before they are sent. A range can hold millions more, which are none of these.
 */
export function mostInFlight(largestBlock: number): number {
  return largestStep * (largestStep + 8 + largestBlock);
}

/** Vector kernels compute groups of cases at once; whole groups waste no lane. */
const group = 64;

export class ChunkSize {
  readonly #most: number;
  #caseMs = 0;
  #largestSeen = 0;

  /** `most`: what fits into one message. */
  constructor(most: number) {
    this.#most = Math.max(1, most);
  }

  /** Mean time of a case, recent ones weighing more; 0 before the first one. */
  get caseMs(): number {
    return this.#caseMs;
  }

  observe(count: number, elapsedMs: number): void {
    const sample = Math.max(elapsedMs, 1e-5) / count;
    // A larger chunk says more about the cost of a case than a first, small one.
    const weight = this.#largestSeen === 0 || count > 2 * this.#largestSeen ? 1 : 0.2;
    this.#caseMs += weight * (sample - this.#caseMs);
    if (count > this.#largestSeen) this.#largestSeen = count;
  }

  size(): number {
    if (this.#largestSeen === 0) return 1;
    const wanted = Math.floor(targetMs / this.#caseMs);
    const size = Math.max(1, Math.min(wanted, this.#largestSeen * largestStep, this.#most));
    return size > 2 * group ? size - (size % group) : size;
  }
}
