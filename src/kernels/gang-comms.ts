/** The communicators of the ranks that compute a case together. */
import { type Comm, isFaultTolerant } from '../mpi/index.js';

export class GangComms {
  /** For what the ranks agree upon, so that no call of a kernel's ever meets one of ours. */
  readonly own: Comm;
  #kernels: Comm;

  /** Collective over the gang. */
  constructor(own: Comm) {
    this.own = own;
    this.#kernels = own.dup();
  }

  /** What a kernel gets as `context.comm`. */
  get kernels(): Comm {
    return this.#kernels;
  }

  /** This rank's part of a case has failed: where the library can, the others' calls that wait for it end, too. */
  interrupt(): void {
    if (isFaultTolerant()) this.#kernels.revoke();
  }

  /** A case has failed: what it has sent, and nobody has received, must not meet the next one. Collective. */
  renew(): void {
    const old = this.#kernels;
    this.#kernels = this.own.dup();
    old.free();
  }
}
