/** Messages of one direction over MPI, small ones from a ring of receives and large ones announced there. */
import { type Comm, ProcessFailedError, ReceiveRing, type Request } from '../../mpi/index.js';
import { announcedBytes, largeTag, ringSlots } from './protocol.js';

export type OnMessage = (source: number, bytes: Uint8Array) => void;

/** A large message whose body is on its way, and what its sender sent behind it. */
interface Incoming {
  readonly source: number;
  readonly body: Uint8Array;
  readonly request: Request;
  readonly behind: Uint8Array[];
}

export class Inbox {
  readonly #comm: Comm;
  readonly #ring: ReceiveRing;
  readonly #words: readonly Uint32Array[];
  readonly #onMessage: OnMessage;
  #incoming: Incoming[] = [];

  constructor(comm: Comm, source: number, tag: number, slotBytes: number, onMessage: OnMessage) {
    this.#comm = comm;
    this.#onMessage = onMessage;
    this.#ring = new ReceiveRing(comm, source, tag, slotBytes, ringSlots);
    this.#words = this.#ring.slots.map((slot) => new Uint32Array(slot.buffer, 0, 2));
  }

  /**
   * Hands on up to `most` messages; how many there were. Throws ProcessFailedError where a sender died: the next call
   * goes on once that is acknowledged.
   */
  drain(most: number): number {
    let count = this.#incoming.length > 0 ? this.#drainIncoming() : 0;
    const ring = this.#ring;
    for (; count < most; count++) {
      const slot = ring.take();
      if (slot === undefined) break;
      this.#handOn(ring.source, ring.slots[slot] as Uint8Array, this.#words[slot] as Uint32Array);
    }
    ring.repost();
    return count;
  }

  free(): void {
    this.#ring.free();
    for (const { request } of this.#incoming) request.free();
  }

  #handOn(source: number, bytes: Uint8Array, words: Uint32Array): void {
    const large = announcedBytes(words);
    if (large !== undefined) {
      const body = new Uint8Array(large);
      const request = this.#comm.irecv(body, source, largeTag);
      this.#incoming.push({ source, body, request, behind: [] });
      return;
    }
    const before =
      this.#incoming.length > 0
        ? this.#incoming.findLast((incoming) => incoming.source === source)
        : undefined;
    if (before) before.behind.push(bytes.slice());
    else this.#onMessage(source, bytes);
  }

  /** Bodies of one sender complete in order, so that its messages are handed on in order. */
  #drainIncoming(): number {
    let count = 0;
    const waiting = new Set<number>();
    this.#incoming = this.#incoming.filter(({ source, body, request, behind }) => {
      const state = waiting.has(source) ? 'open' : stateOf(request);
      if (state === 'open') {
        waiting.add(source);
        return true;
      }
      if (state === 'broken') return false;
      this.#onMessage(source, body);
      for (const bytes of behind) this.#onMessage(source, bytes);
      count += 1 + behind.length;
      return false;
    });
    return count;
  }
}

/** `broken`: its sender died before all of it had come. */
function stateOf(request: Request): 'open' | 'whole' | 'broken' {
  try {
    return request.test() ? 'whole' : 'open';
  } catch (error) {
    if (error instanceof ProcessFailedError) return 'broken';
    throw error;
  }
}
