/** Messages on their way over MPI: small ones from a ring of buffers, large ones behind an announcement. */
import { type Comm, ProcessFailedError, type Request, SendRing } from '../../mpi/index.js';
import { announce, largeTag } from './protocol.js';

export class Outbox {
  readonly #comm: Comm;
  readonly #ring: SendRing;
  readonly #atOnceBytes: number;
  /** Bodies of large messages that are still under way. */
  #large: Request[] = [];

  /** Messages of at most `atOnceBytes` go into a slot of the receiver; the buffers here may be larger. */
  constructor(comm: Comm, tag: number, bufferBytes: number, slotCount: number, atOnceBytes: number) {
    this.#comm = comm;
    this.#atOnceBytes = atOnceBytes;
    this.#ring = new SendRing(comm, tag, bufferBytes, slotCount);
  }

  /** A buffer that may be written. */
  get outgoing(): Uint8Array {
    return this.#ring.outgoing;
  }

  /** Sends the first `length` bytes of `outgoing`. */
  commit(dest: number, length: number): void {
    if (length <= this.#atOnceBytes) this.#ring.commit(dest, length);
    else this.sendShared(dest, this.outgoing.slice(0, length));
  }

  /** Takes a copy. Throws ProcessFailedError when the receiver has died. */
  send(dest: number, bytes: Uint8Array): void {
    if (bytes.byteLength <= this.#atOnceBytes) {
      this.outgoing.set(bytes);
      this.commit(dest, bytes.byteLength);
    } else {
      this.sendShared(dest, bytes.slice());
    }
  }

  /** Takes the bytes, which must never change again: they may be sent to others as well. */
  sendShared(dest: number, bytes: Uint8Array): void {
    this.send(dest, announce(bytes.byteLength));
    this.#large = this.#large.filter(isUnderWay);
    this.#large.push(this.#comm.isend(bytes, dest, largeTag));
  }

  /** True when all that was sent has left, or has nobody left to go to. */
  isIdle(): boolean {
    this.#large = this.#large.filter(isUnderWay);
    return this.#large.length === 0 && this.#ring.isIdle();
  }
}

function isUnderWay(request: Request): boolean {
  try {
    return !request.test();
  } catch (error) {
    if (error instanceof ProcessFailedError) return false;
    throw error;
  }
}
