/** What a process holds, from the messages to and from it: all there is to see where it has no beacon. */
import { blockHeaderBytes, readBlockHeader } from '../../codec/block.js';
import { dataViewOf } from '../../codec/data-view.js';
import type { Released } from '../../messages/message.js';
import { blocksOf, decodeMessage, eachAssignment, isAssign, isKind } from '../../messages/wire.js';
import { hostClockMs } from '../../process/beacon/clock.js';
import type { Sighting } from '../../process/beacon/reader.js';

export class Holdings {
  #cases = 0;
  #returns = 0;
  #begunMs = 0;

  onSent(message: Uint8Array): void {
    if (!isAssign(message)) return;
    if (this.#cases <= 0) this.#begunMs = hostClockMs();
    eachAssignment(message, (_first, count) => {
      this.#cases += count;
    });
  }

  onReceived(message: Uint8Array): void {
    if (isKind(message, 'released')) {
      const { ranges } = decodeMessage(message) as Released;
      for (const { count } of ranges) this.#cases -= count;
    }
    const blocks = blocksOf(message);
    if (!blocks) return;
    const view = dataViewOf(blocks);
    for (let at = 0; at < blocks.byteLength; ) {
      const { count, bodyBytes } = readBlockHeader(view, at);
      this.#cases -= count;
      at += blockHeaderBytes + bodyBytes;
    }
    this.#returns++;
    this.#begunMs = hostClockMs();
  }

  /** As a beacon would show one batch of all that is held, begun when something was last returned. */
  look(): readonly Sighting[] {
    if (this.#cases <= 0) return [];
    const { NaN: first } = Number;
    const begun = { starts: this.#returns, begunMs: this.#begunMs };
    return [{ slot: 0, ...begun, first, count: this.#cases, signs: 0, progress: undefined }];
  }
}
