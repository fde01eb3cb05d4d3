/**
 * Persistent receives in a ring (MPI standard, "Persistent Communication Requests"): some are always posted, and
 * messages are seen in the order in which they matched. Made for a process that takes millions of messages: a message
 * costs one test and a share of a start, and nothing is allocated. Pointers go to MPI as addresses, which cost half of
 * what typed arrays do; the arrays behind them live as long as the ring.
 */
import { addressOf } from '../ffi/address.js';
import type { CommunicatorHandle } from './communicator-handle.js';
import { datatypeOf } from './datatype.js';
import { check, isInterruption, mpiError } from './errors.js';
import { functions } from './functions.js';
import { type HandleArray, newHandles } from './library.js';
import { Status } from './status.js';
import { foreignRank, foreignTag } from './wildcards.js';

const c = functions(
  'int MPI_Recv_init(void *buf, int count, MPI_Datatype datatype, int source, int tag, MPI_Comm comm, MPI_Request *request)',
  'int MPI_Startall(int count, MPI_Request array_of_requests[])',
  'int MPI_Test(MPI_Request *request, int *flag, MPI_Status *status)',
  'int MPI_Wait(MPI_Request *request, MPI_Status *status)',
  'int MPI_Cancel(MPI_Request *request)',
  'int MPI_Request_free(MPI_Request *request)',
);

export class ReceiveRing {
  /** Memory of each slot; a message begins at its first byte. */
  readonly slots: readonly Uint8Array[];
  readonly #cells: HandleArray;
  readonly #cellAddresses: readonly bigint[];
  readonly #flag = new Int32Array(1);
  readonly #flagAddress = addressOf(this.#flag);
  readonly #status = new Status();
  readonly #statusAddress = addressOf(this.#status.words);
  /** The slot that receives next, and how many slots before it are taken and not posted again. */
  #head = 0;
  #taken = 0;
  #isFreed = false;

  /** Posts all slots. Messages larger than a slot fail with TruncationError when taken. */
  constructor(comm: CommunicatorHandle, source: number, tag: number, slotBytes: number, slotCount: number) {
    this.slots = Array.from({ length: slotCount }, () => new Uint8Array(slotBytes));
    this.#cells = newHandles(slotCount);
    this.#cellAddresses = this.slots.map((_, i) => addressOf(this.#cells.subarray(i, i + 1)));
    const { handle } = comm;
    this.slots.forEach((slot, i) => {
      const cell = this.#cellAddresses[i] as bigint;
      const type = datatypeOf(slot);
      check(
        c.MPI_Recv_init(slot, slotBytes, type, foreignRank(source), foreignTag(tag), handle, cell),
        'MPI_Recv_init',
      );
    });
    check(c.MPI_Startall(slotCount, this.#cellAddresses[0] as bigint), 'MPI_Startall');
  }

  /** Rank that sent the message taken last. */
  get source(): number {
    return this.#status.source;
  }

  /**
   * Takes the next message: its slot, or undefined when none has come. Its memory is the caller's until `repost`. Throws
   * MpiError for a message that did not come whole; the next call looks for the one behind it.
   */
  take(): number | undefined {
    if (this.#taken === this.slots.length) this.repost();
    const slot = this.#head;
    const code = c.MPI_Test(this.#cellAddresses[slot] as bigint, this.#flagAddress, this.#statusAddress);
    if (code !== 0) this.#settle(code);
    if (this.#flag[0] === 0) return undefined;
    this.#advance();
    return slot;
  }

  /** Posts every taken slot again. */
  repost(): void {
    while (this.#taken > 0) {
      // The taken slots end before the head; a run of them ends at the end of the ring.
      const length = this.slots.length;
      const from = (this.#head - this.#taken + length) % length;
      const count = Math.min(this.#taken, length - from);
      check(c.MPI_Startall(count, this.#cellAddresses[from] as bigint), 'MPI_Startall');
      this.#taken -= count;
    }
  }

  /** Cancels what is posted. Idempotent. */
  free(): void {
    if (this.#isFreed) return;
    this.#isFreed = true;
    this.repost();
    for (const cell of this.#cellAddresses) {
      check(c.MPI_Cancel(cell), 'MPI_Cancel');
      check(c.MPI_Wait(cell, this.#statusAddress), 'MPI_Wait');
      check(c.MPI_Request_free(cell), 'MPI_Request_free');
    }
  }

  [Symbol.dispose](): void {
    this.free();
  }

  #advance(): void {
    this.#head = this.#head + 1 === this.slots.length ? 0 : this.#head + 1;
    this.#taken++;
  }

  /** An interruption that comes with a message, which Open MPI reports late, is none. */
  #settle(code: number): void {
    const error = mpiError(code, 'MPI_Test');
    if (!isInterruption(error)) this.#advance();
    else if (this.#flag[0] !== 0) return;
    throw error;
  }
}
