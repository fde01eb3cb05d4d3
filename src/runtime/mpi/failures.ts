/** Ranks of an MPI job that have died, where the job survives that. */
import type { Comm, Group } from '../../mpi/index.js';

/** A library that keeps interrupting receives, and names nobody who died, is broken. */
const mostIdle = 1_000;

export class Failures {
  readonly #comm: Comm;
  readonly #dead = new Set<number>();
  #idle = 0;

  constructor(comm: Comm) {
    this.#comm = comm;
  }

  has(rank: number): boolean {
    return this.#dead.has(rank);
  }

  /**
   * Acknowledges every death known by now, so that receives from any source go on. Returns the ranks that were not
   * known to be dead. `cause` is what interrupted, and thrown when that has no end.
   */
  acknowledge(cause: Error): number[] {
    this.#comm.failureAck();
    const found = this.#acknowledged().filter((rank) => !this.#dead.has(rank));
    for (const rank of found) this.#dead.add(rank);
    this.#idle = found.length > 0 ? 0 : this.#idle + 1;
    if (this.#idle > mostIdle) throw cause;
    return found;
  }

  #acknowledged(): number[] {
    const groups: Group[] = [];
    try {
      const failed = this.#comm.failureGetAcked();
      groups.push(failed);
      const all = this.#comm.group();
      groups.push(all);
      const ranks = Array.from({ length: failed.size }, (_, i) => i);
      return failed.translateRanks(ranks, all).filter((rank) => rank !== undefined);
    } finally {
      for (const group of groups) group.free();
    }
  }
}
