/** A link whose other end is a test. Memory is reused as by the real ones, so that a view kept too long shows. */
import { type Block, blockHeaderBytes, decodeBlock, readBlockHeader } from '../../src/codec/block.js';
import type { ColumnSpec } from '../../src/codec/columns.js';
import type { CoordinatorMessage, WorkerMessage } from '../../src/messages/message.js';
import { decodeMessage, encodeMessage } from '../../src/messages/wire.js';
import type { WorkLink } from '../../src/worker/work.js';

export class FakeLink implements WorkLink {
  handler: (bytes: Uint8Array) => void = () => {};
  /** What the worker has sent, in order. */
  readonly sent: WorkerMessage[] = [];
  /** Called with each message of the worker, as soon as it is sent. */
  onSent: (message: WorkerMessage) => void = () => {};
  readonly #waiting: Uint8Array[] = [];
  readonly #slotBytes: number;
  #slot: Uint8Array;
  #wake: () => void = () => {};

  constructor(slotBytes: number) {
    this.#slotBytes = slotBytes;
    this.#slot = new Uint8Array(slotBytes).fill(0xab);
  }

  /** A message to the worker; it sees it when it polls. */
  give(message: CoordinatorMessage): void {
    this.#waiting.push(encodeMessage(message));
    this.#wake();
  }

  get outgoing(): Uint8Array {
    return this.#slot;
  }

  commit(length: number): void {
    const sent = this.#slot;
    this.#slot = new Uint8Array(this.#slotBytes).fill(0xab);
    this.#take(sent.slice(0, length));
    sent.fill(0xcd);
  }

  /** By the same buffer, as over MPI: what was built in it is gone. */
  send(bytes: Uint8Array): void {
    const copy = bytes.slice();
    this.#slot.fill(0xcd);
    this.#take(copy);
  }

  poll(): boolean {
    if (this.#waiting.length === 0) return false;
    for (const bytes of this.#waiting.splice(0)) {
      this.handler(bytes);
      bytes.fill(0xef);
    }
    return true;
  }

  async wait(): Promise<void> {
    if (this.#waiting.length > 0) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }

  async settle(): Promise<void> {}

  /** Kinds of the worker's messages, in order. */
  get kinds(): string[] {
    return this.sent.map(({ kind }) => kind);
  }

  /** Blocks of each `results` message. */
  blocks(specs: readonly ColumnSpec[]): Block[][] {
    return this.sent.flatMap((message) =>
      message.kind === 'results' ? [blocksOf(specs, message.bytes)] : [],
    );
  }

  #take(bytes: Uint8Array): void {
    const message = decodeMessage(bytes) as WorkerMessage;
    this.sent.push(message);
    this.onSent(message);
  }
}

export function blocksOf(specs: readonly ColumnSpec[], bytes: Uint8Array): Block[] {
  const blocks: Block[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.byteLength; at += blockHeaderBytes + readBlockHeader(view, at).bodyBytes) {
    blocks.push(decodeBlock(specs, bytes, at));
  }
  return blocks;
}
