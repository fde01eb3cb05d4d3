/** Persistent receives in a ring: there is always one posted, and what comes is seen in the order of its coming. */
import type { Comm, PersistentRequest, Request } from '../../mpi/index.js';
import { announcedBytes, largeTag, ringSlots } from './protocol.js';

export type OnMessage = (source: number, bytes: Uint8Array) => void;

interface Slot {
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
  readonly request: PersistentRequest;
}

/** A large message whose body is on its way, and what its sender sent behind it. */
interface Incoming {
  readonly source: number;
  readonly body: Uint8Array;
  readonly request: Request;
  readonly behind: Uint8Array[];
}

export class ReceiveRing {
  readonly #comm: Comm;
  readonly #slots: Slot[];
  readonly #onMessage: OnMessage;
  #head = 0;
  #incoming: Incoming[] = [];

  constructor(comm: Comm, source: number, tag: number, slotBytes: number, onMessage: OnMessage) {
    this.#comm = comm;
    this.#onMessage = onMessage;
    this.#slots = Array.from({ length: ringSlots }, () => {
      const bytes = new Uint8Array(slotBytes);
      const request = comm.recvInit(bytes, source, tag);
      request.start();
      return { bytes, words: new Uint32Array(bytes.buffer, 0, 2), request };
    });
  }

  /** Hands on up to `most` messages; how many there were. */
  drain(most: number): number {
    let count = this.#incoming.length > 0 ? this.#drainIncoming() : 0;
    while (count < most) {
      const slot = this.#slots[this.#head] as Slot;
      if (!slot.request.test()) break;
      this.#take(slot.request.status.source, slot);
      slot.request.start();
      this.#head = this.#head + 1 === ringSlots ? 0 : this.#head + 1;
      count++;
    }
    return count;
  }

  #take(source: number, { bytes, words }: Slot): void {
    const large = announcedBytes(words);
    const before = this.#incoming.findLast((incoming) => incoming.source === source);
    if (large !== undefined) {
      const body = new Uint8Array(large);
      const request = this.#comm.irecv(body, source, largeTag);
      this.#incoming.push({ source, body, request, behind: [] });
    } else if (before) {
      before.behind.push(bytes.slice());
    } else {
      this.#onMessage(source, bytes);
    }
  }

  /** Bodies of one sender complete in order, so that its messages are handed on in order. */
  #drainIncoming(): number {
    let count = 0;
    const waiting = new Set<number>();
    this.#incoming = this.#incoming.filter(({ source, body, request, behind }) => {
      if (waiting.has(source) || !request.test()) {
        waiting.add(source);
        return true;
      }
      this.#onMessage(source, body);
      for (const bytes of behind) this.#onMessage(source, bytes);
      count += 1 + behind.length;
      return false;
    });
    return count;
  }

  free(): void {
    for (const slot of this.#slots) slot.request.free();
    for (const { request } of this.#incoming) request.free();
  }
}
