/** A worker's end when it is a rank of an MPI job; the coordinator is rank 0. */
import { type Comm, isFaultTolerant, ProcessFailedError, type Request } from '../../mpi/index.js';
import { slotBytes, type WorkerLink } from '../links/transport.js';
import { Pause } from '../pause.js';
import { Inbox } from './inbox.js';
import { Outbox } from './outbox.js';
import { isFarewell, slotBytesOf, toCoordinatorTag, toWorkerTag } from './protocol.js';

/** Results under way at once before buffers are added. */
const sendSlots = 4;

const drainLimit = 64;

/** `onDeserted`: the coordinator has died, and this rank has not. */
export function mpiWorkerLink(comm: Comm, onDeserted: () => never): WorkerLink {
  return new MpiWorkerLink(comm, onDeserted);
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
  readonly #onDeserted: () => never;
  #broadcast: Broadcast | undefined;

  constructor(comm: Comm, onDeserted: () => never) {
    this.#comm = comm;
    this.#onDeserted = onDeserted;
    const { toCoordinator, toWorker } = slotBytesOf();
    this.#outbox = new Outbox(comm, toCoordinatorTag, slotBytes, sendSlots, toCoordinator);
    this.#inbox = new Inbox(comm, 0, toWorkerTag, toWorker, (_source, bytes) => this.handler(bytes));
    // Where ranks may die, what is meant for all comes as a message like any other.
    if (isFaultTolerant()) return;
    const length = new Float64Array(1);
    this.#broadcast = { length, request: comm.ibcast(length, 0), bytes: undefined };
  }

  get outgoing(): Uint8Array {
    return this.#outbox.outgoing;
  }

  commit(length: number): void {
    try {
      this.#outbox.commit(0, length);
      // An answer will come soon.
      this.#pause.reset();
    } catch (error) {
      this.#fail(error);
    }
  }

  send(bytes: Uint8Array): void {
    try {
      this.#outbox.send(0, bytes);
      this.#pause.reset();
    } catch (error) {
      this.#fail(error);
    }
  }

  poll(): boolean {
    try {
      // The broadcast comes before anything else.
      const found = this.#broadcast
        ? this.#pollBroadcast(this.#broadcast)
        : this.#inbox.drain(drainLimit) > 0;
      if (found) this.#pause.reset();
      return found;
    } catch (error) {
      return this.#fail(error);
    }
  }

  wait(): Promise<void> {
    return new Promise((resolve) => this.#pause.rest(resolve));
  }

  async settle(): Promise<void> {
    while (!this.#outbox.isIdle()) await new Promise((resolve) => setImmediate(resolve));
  }

  async close(): Promise<void> {
    await this.settle();
    if (isFaultTolerant()) await this.#farewell();
    else this.#inbox.free();
  }

  /** Who left earlier would take with it what has not arrived. When the coordinator is gone, it had all it wanted. */
  async #farewell(): Promise<void> {
    let isTold = false;
    this.handler = (bytes) => {
      isTold ||= isFarewell(bytes);
    };
    try {
      while (!isTold) if (this.#inbox.drain(drainLimit) === 0) await this.wait();
    } catch (error) {
      if (!(error instanceof ProcessFailedError)) throw error;
    }
  }

  #fail(error: unknown): never {
    if (error instanceof ProcessFailedError) return this.#onDeserted();
    throw error;
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
