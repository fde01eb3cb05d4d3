/**
 * Nonblocking sends from a ring of buffers (MPI standard, "Nonblocking Communication"), for a process that sends
 * millions of messages: a message costs one call and a share of another, and nothing is allocated.
 */
import { addressOf } from '../ffi/address.js';
import type { CommunicatorHandle } from './communicator-handle.js';
import { check, mpiError, ProcessFailedError } from './errors.js';
import { functions } from './functions.js';
import { type Handle, type HandleArray, newHandles, predefined } from './library.js';
import { newStatuses } from './status.js';

const c = functions(
  'int MPI_Isend(const void *buf, int count, MPI_Datatype datatype, int dest, int tag, MPI_Comm comm, MPI_Request *request)',
  'int MPI_Test(MPI_Request *request, int *flag, MPI_Status *status)',
  'int MPI_Testall(int count, MPI_Request array_of_requests[], int *flag, MPI_Status array_of_statuses[])',
);

/** One half of the ring is filled while the other is on its way. */
interface Half {
  readonly slots: readonly Uint8Array[];
  readonly slotAddresses: readonly bigint[];
  readonly cells: HandleArray;
  readonly cellAddresses: readonly bigint[];
  used: number;
}

export class SendRing {
  readonly #handle: Handle;
  readonly #byte: Handle;
  readonly #tag: number;
  readonly #slotBytes: number;
  readonly #halfSlots: number;
  readonly #flag = new Int32Array(1);
  readonly #flagAddress = addressOf(this.#flag);
  readonly #statuses: Int32Array;
  readonly #statusesAddress: bigint;
  #filling: Half;
  #leaving: Half[] = [];
  #spare: Half[];

  /** `slotCount` buffers of `slotBytes`; more are added while receivers are behind, so that a send never waits. */
  constructor(comm: CommunicatorHandle, tag: number, slotBytes: number, slotCount: number) {
    this.#handle = comm.handle;
    this.#byte = predefined('MPI_BYTE');
    this.#tag = tag;
    this.#slotBytes = slotBytes;
    this.#halfSlots = Math.max(1, slotCount / 2);
    this.#statuses = newStatuses(this.#halfSlots);
    this.#statusesAddress = addressOf(this.#statuses);
    this.#filling = this.#newHalf();
    this.#spare = [this.#newHalf()];
  }

  /** The buffer that the next `commit` sends. */
  get outgoing(): Uint8Array {
    return this.#filling.slots[this.#filling.used] as Uint8Array;
  }

  /**
   * Sends the first `length` bytes of `outgoing`, which is another buffer afterwards. Throws MpiError when that cannot
   * be; `outgoing` is the same then.
   */
  commit(dest: number, length: number): void {
    const half = this.#filling;
    const slot = half.used;
    const code = c.MPI_Isend(
      half.slotAddresses[slot] as bigint,
      length,
      this.#byte,
      dest,
      this.#tag,
      this.#handle,
      half.cellAddresses[slot] as bigint,
    );
    if (code !== 0) check(code, 'MPI_Isend');
    half.used++;
    if (half.used === this.#halfSlots) this.#turn();
  }

  /** True when every message has left. */
  isIdle(): boolean {
    this.#collect();
    return this.#leaving.length === 0 && this.#isDone(this.#filling);
  }

  #turn(): void {
    this.#leaving.push(this.#filling);
    this.#collect();
    this.#filling = this.#spare.pop() ?? this.#newHalf();
  }

  /** Halves leave in the order of sending only by chance: one slow receiver must not keep all buffers. */
  #collect(): void {
    this.#leaving = this.#leaving.filter((half) => {
      if (!this.#isDone(half)) return true;
      half.used = 0;
      if (this.#spare.length < 2) this.#spare.push(half);
      return false;
    });
  }

  #isDone(half: Half): boolean {
    if (half.used === 0) return true;
    const code = c.MPI_Testall(
      half.used,
      half.cellAddresses[0] as bigint,
      this.#flagAddress,
      this.#statusesAddress,
    );
    return code === 0 ? this.#flag[0] !== 0 : this.#isEachDone(half);
  }

  /** One by one, where some failed. A message to a rank that has died is done with. */
  #isEachDone(half: Half): boolean {
    let isDone = true;
    for (const cell of half.cellAddresses.slice(0, half.used)) {
      const code = c.MPI_Test(cell, this.#flagAddress, this.#statusesAddress);
      if (code !== 0) {
        const error = mpiError(code, 'MPI_Test');
        if (!(error instanceof ProcessFailedError)) throw error;
      } else if (this.#flag[0] === 0) {
        isDone = false;
      }
    }
    return isDone;
  }

  #newHalf(): Half {
    const slots = Array.from({ length: this.#halfSlots }, () => new Uint8Array(this.#slotBytes));
    const cells = newHandles(this.#halfSlots);
    return {
      slots,
      slotAddresses: slots.map(addressOf),
      cells,
      cellAddresses: slots.map((_, i) => addressOf(cells.subarray(i, i + 1))),
      used: 0,
    };
  }
}
