/** Messages on their way over MPI: small ones from a ring of buffers, large ones behind an announcement. */
import { type Comm, type Request, SendRing } from '../../mpi/index.js';
import { announce, largeTag } from './protocol.js';

export class Outbox {
  readonly #comm: Comm;
  readonly #ring: SendRing;
  readonly #slotBytes: number;
  /** Bodies of large messages that are still under way. */
  #large: Request[] = [];

  constructor(comm: Comm, tag: number, slotBytes: number, slotCount: number) {
    this.#comm = comm;
    this.#slotBytes = slotBytes;
    this.#ring = new SendRing(comm, tag, slotBytes, slotCount);
  }

  /** A buffer that may be written; `commit` sends it. */
  get outgoing(): Uint8Array {
    return this.#ring.outgoing;
  }

  commit(dest: number, length: number): void {
    this.#ring.commit(dest, length);
  }

  /** Takes a copy. */
  send(dest: number, bytes: Uint8Array): void {
    if (bytes.byteLength <= this.#slotBytes) {
      this.outgoing.set(bytes);
      this.commit(dest, bytes.byteLength);
      return;
    }
    this.send(dest, announce(bytes.byteLength));
    this.#large = this.#large.filter((request) => !request.test());
    this.#large.push(this.#comm.isend(bytes.slice(), dest, largeTag));
  }

  /** True when all that was sent has left. */
  isIdle(): boolean {
    this.#large = this.#large.filter((request) => !request.test());
    return this.#large.length === 0 && this.#ring.isIdle();
  }
}
