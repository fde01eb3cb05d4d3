/** The communicators of the ranks that compute a case together. */
import { type Comm, isFaultTolerant } from '../mpi/index.js';

/**
 * Communicators of failed cases that are kept. MPICH gives the number of one that was freed to a later one, to which then
 * comes what waits under it, of collective calls as well; it has some two thousand numbers.
 */
const mostRetired = 500;

export class GangComms {
  /** For what the ranks agree upon, so that no call of a kernel's ever meets one of ours. */
  readonly own: Comm;
  #kernels: Comm;
  /** Oldest first. */
  readonly #retired: Comm[] = [];

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
    this.#retired.push(this.#kernels);
    this.#kernels = this.own.dup();
    if (this.#retired.length <= mostRetired) return;
    const oldest = this.#retired.shift()!;
    // One that was revoked tells nothing any more, and drops what came.
    if (!isFaultTolerant()) discard(oldest);
    oldest.free();
  }
}

/** Receives what has long arrived, as far as one can receive it. */
function discard(comm: Comm): void {
  for (let message = comm.improbe(); message; message = comm.improbe()) {
    message.recv(new Uint8Array(message.status.bytes));
  }
}
