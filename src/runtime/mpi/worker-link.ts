/** A worker's end when it is a rank of an MPI job; the coordinator is rank 0. */
import type { Comm, Request } from '../../mpi/index.js';
import { Pause } from '../pause.js';
import { slotBytes, type WorkerLink } from '../transport.js';
import { Inbox } from './inbox.js';
import { Outbox } from './outbox.js';
import { toCoordinatorTag, toWorkerSlotBytes, toWorkerTag } from './protocol.js';

/** Results under way at once before buffers are added. */
const sendSlots = 4;

const drainLimit = 64;

export function mpiWorkerLink(comm: Comm): WorkerLink {
  return new MpiWorkerLink(comm);
}

/** What the coordinator broadcasts first: its length, then its bytes. */
interface Broadcast {
  readonly length: Float64Array;
  request: Request;
  bytes: Uint8Array | undefined;
}

class MpiWorkerLink implements WorkerLink {
  handler: (bytes: Uint8Array) => void = () => {};
  readonly #comm: Comm;
  readonly #outbox: Outbox;
  readonly #inbox: Inbox;
  readonly #pause = new Pause();
  #broadcast: Broadcast | undefined;

  constructor(comm: Comm) {
    this.#comm = comm;
    this.#outbox = new Outbox(comm, toCoordinatorTag, slotBytes, sendSlots);
    this.#inbox = new Inbox(comm, 0, toWorkerTag, toWorkerSlotBytes, (_source, bytes) => this.handler(bytes));
    const length = new Float64Array(1);
    this.#broadcast = { length, request: comm.ibcast(length, 0), bytes: undefined };
  }

  get outgoing(): Uint8Array {
    return this.#outbox.outgoing;
  }

  commit(length: number): void {
    this.#outbox.commit(0, length);
    // An answer will come soon.
    this.#pause.reset();
  }

  send(bytes: Uint8Array): void {
    this.#outbox.send(0, bytes);
    this.#pause.reset();
  }

  poll(): boolean {
    // The broadcast comes before anything else.
    const found = this.#broadcast ? this.#pollBroadcast(this.#broadcast) : this.#inbox.drain(drainLimit) > 0;
    if (found) this.#pause.reset();
    return found;
  }

  wait(): Promise<void> {
    return new Promise((resolve) => this.#pause.rest(resolve));
  }

  async settle(): Promise<void> {
    while (!this.#outbox.isIdle()) await new Promise((resolve) => setImmediate(resolve));
  }

  async close(): Promise<void> {
    await this.settle();
    this.#inbox.free();
  }

  #pollBroadcast(broadcast: Broadcast): boolean {
    if (!broadcast.request.test()) return false;
    if (!broadcast.bytes) {
      broadcast.bytes = new Uint8Array(broadcast.length[0] as number);
      broadcast.request = this.#comm.ibcast(broadcast.bytes, 0);
      return false;
    }
    this.#broadcast = undefined;
    this.handler(broadcast.bytes);
    return true;
  }
}
