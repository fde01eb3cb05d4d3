/** Nonblocking sends from buffers of our own: two sides in a blocking send would wait for each other. */
import type { Comm, Request } from '../../mpi/index.js';
import { announce, largeTag } from './protocol.js';

interface Slot {
  bytes: Uint8Array;
  request: Request | undefined;
}

export class SendPool {
  readonly #comm: Comm;
  readonly #tag: number;
  readonly #slotBytes: number;
  readonly #slots: Slot[];
  /** Bodies of large messages that are still under way. */
  #large: Request[] = [];
  #next = 0;

  constructor(comm: Comm, tag: number, slotBytes: number, slotCount: number) {
    this.#comm = comm;
    this.#tag = tag;
    this.#slotBytes = slotBytes;
    this.#slots = Array.from({ length: slotCount }, () => ({
      bytes: new Uint8Array(slotBytes),
      request: undefined,
    }));
  }

  /** A buffer that may be written; `commit` sends it. */
  get outgoing(): Uint8Array {
    return (this.#slots[this.#next] as Slot).bytes;
  }

  commit(dest: number, length: number): void {
    const slot = this.#slots[this.#next] as Slot;
    slot.request = this.#comm.isend(slot.bytes, dest, this.#tag, length);
    this.#next = this.#next + 1 === this.#slots.length ? 0 : this.#next + 1;
    this.#release(this.#slots[this.#next] as Slot);
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
    return (
      this.#slots.every((slot) => !slot.request || slot.request.test()) && this.#large.every((r) => r.test())
    );
  }

  /**
   * The next buffer is still being sent when its reader is far behind. It gets another buffer instead of waiting:
   * the reader may be in a kernel for hours.
   */
  #release(slot: Slot): void {
    if (!slot.request || slot.request.test()) return;
    this.#large.push(slot.request);
    slot.bytes = new Uint8Array(this.#slotBytes);
    slot.request = undefined;
  }
}
