/** When a job that MPI has ended is started again: for ever while the run gets on, a few times while it does not. */

/** How far a run has come. Each of these only grows. */
export interface Standing {
  /** Cases with a result. */
  readonly done: number;
  /** Deaths that were put down to a case: after some of them it is given up, and the run gets on without it. */
  readonly blamed: number;
}

/** Where the user does not say. One hardly goes beyond two: a death that teaches nothing is an accident. */
export const defaultRestarts = 5;

export class Restarts {
  readonly #limit: number;
  #standing: Standing;
  #inARow = 0;
  #count = 0;

  /** `limit`: restarts in a row that have come no further than the one before. */
  constructor(limit: number, standing: Standing) {
    this.#limit = limit;
    this.#standing = standing;
  }

  /** Restarts so far. */
  get count(): number {
    return this.#count;
  }

  /** The job has died, and the run stands here. True when it is to be started again, which counts. */
  mayFollow(standing: Standing): boolean {
    const hasProgress = standing.done > this.#standing.done || standing.blamed > this.#standing.blamed;
    this.#standing = standing;
    if (hasProgress) this.#inARow = 0;
    if (this.#inARow >= this.#limit) return false;
    this.#inARow++;
    this.#count++;
    return true;
  }
}
