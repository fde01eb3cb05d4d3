/** Result blocks on their way out: built in the link's own buffer, sent as one message. */
import { type Block, BlockWriter } from '../codec/block.js';
import type { ColumnSpec } from '../codec/columns.js';
import { dataViewOf } from '../codec/data-view.js';
import type { WorkerMessage } from '../messages/message.js';
import { encodeMessage, headerBytes, writeHeader } from '../messages/wire.js';

/** What the outbox needs of a link. */
export interface OutboxLink {
  readonly outgoing: Uint8Array;
  commit(length: number): void;
  send(bytes: Uint8Array): void;
}

export class Outbox {
  readonly #link: OutboxLink;
  readonly #writer: BlockWriter;
  #length = headerBytes;
  #blocks = 0;

  constructor(link: OutboxLink, specs: readonly ColumnSpec[]) {
    this.#link = link;
    this.#writer = new BlockWriter(specs);
  }

  /** Blocks that wait to be sent. */
  get blocks(): number {
    return this.#blocks;
  }

  add(block: Block): void {
    if (this.#tryAdd(block)) return;
    this.flush();
    if (this.#tryAdd(block)) return;
    // Larger than any buffer of the link: a message of its own.
    this.#link.send(encodeMessage({ kind: 'results', bytes: this.#writer.encode(block) }));
  }

  /** Sends another message. Blocks that wait lie where the link may put it, so that they go first. */
  send(message: WorkerMessage): void {
    this.flush();
    this.#link.send(encodeMessage(message));
  }

  flush(): void {
    if (this.#blocks === 0) return;
    const { outgoing } = this.#link;
    writeHeader(dataViewOf(outgoing), 'results', this.#length - headerBytes);
    this.#link.commit(this.#length);
    this.#length = headerBytes;
    this.#blocks = 0;
  }

  #tryAdd(block: Block): boolean {
    const written = this.#writer.writeInto(this.#link.outgoing, this.#length, block);
    if (written === 0) return false;
    this.#length += written;
    this.#blocks++;
    return true;
  }
}
