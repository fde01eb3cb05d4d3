import { blockHeaderBytes, readBlockHeader } from '../../codec/block.js';

/** Headers and places of result blocks in columns: 50 bytes a block, however large the block. */
export class BlockList {
  #length = 0;
  first = new Float64Array(initial);
  count = new Uint32Array(initial);
  startedMs = new Float64Array(initial);
  elapsedMs = new Float64Array(initial);
  worker = new Uint16Array(initial);
  attempt = new Uint16Array(initial);
  /** Bytes of the list of failures; 0 when every case completed. */
  failureBytes = new Uint32Array(initial);
  /** Session that made the block, from 0. */
  session = new Uint16Array(initial);
  segment = new Uint32Array(initial);
  /** Byte of the segment's file where the block starts. */
  offset = new Float64Array(initial);
  /** Of the whole block, header included. */
  bytes = new Uint32Array(initial);

  get length(): number {
    return this.#length;
  }

  /** Adds every block of a `results` record whose payload starts at `offset` of a segment. */
  addAll(payload: Uint8Array, session: number, segment: number, offset: number): void {
    const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
    for (let at = 0; at + blockHeaderBytes <= payload.byteLength; ) {
      const header = readBlockHeader(view, at);
      const bytes = blockHeaderBytes + header.bodyBytes;
      const i = this.#length++;
      if (i === this.first.length) this.#grow();
      this.first[i] = header.first;
      this.count[i] = header.count;
      this.startedMs[i] = header.startedMs;
      this.elapsedMs[i] = header.elapsedMs;
      this.worker[i] = header.worker;
      this.attempt[i] = header.attempt;
      this.failureBytes[i] = header.failureBytes;
      this.session[i] = session;
      this.segment[i] = segment;
      this.offset[i] = offset + at;
      this.bytes[i] = bytes;
      at += bytes;
    }
  }

  #grow(): void {
    const length = this.first.length * 2;
    this.first = longer(this.first, new Float64Array(length));
    this.count = longer(this.count, new Uint32Array(length));
    this.startedMs = longer(this.startedMs, new Float64Array(length));
    this.elapsedMs = longer(this.elapsedMs, new Float64Array(length));
    this.worker = longer(this.worker, new Uint16Array(length));
    this.attempt = longer(this.attempt, new Uint16Array(length));
    this.failureBytes = longer(this.failureBytes, new Uint32Array(length));
    this.session = longer(this.session, new Uint16Array(length));
    this.segment = longer(this.segment, new Uint32Array(length));
    this.offset = longer(this.offset, new Float64Array(length));
    this.bytes = longer(this.bytes, new Uint32Array(length));
  }
}

const initial = 64;

function longer<T extends { set(from: T): void }>(from: T, into: T): T {
  into.set(from);
  return into;
}
