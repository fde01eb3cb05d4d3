/** Result blocks on their way to the root, and what they amount to. */
import { blockHeaderBytes } from '../../codec/block.js';
import type { Credit, Digest } from '../../messages/message.js';
import { RangeSet } from '../../schedule/ranges.js';
import type { NodeState } from './state.js';

/** Keeps blocks for the next bundle; bytes gathered in all. */
export function gather(node: NodeState, blocks: Uint8Array): number {
  node.gatheredBytes += blocks.byteLength;
  if (node.up.gather(blocks)) {
    node.gathering.add(blocks);
    return node.gatheredBytes;
  }
  passOn(node);
  if (node.up.gather(blocks)) {
    node.gathering.add(blocks);
  } else {
    const alone = new Gathering();
    alone.add(blocks);
    node.up.sendAlone(blocks, alone.take(creditOf(node)));
  }
  return node.gatheredBytes;
}

/** Sends what was gathered. */
export function passOn(node: NodeState): void {
  if (node.gathering.isEmpty) return;
  node.up.sendBundle(node.gathering.take(creditOf(node)));
  node.passedAtMs = node.up.nowMs();
}

export function creditOf({ crew, feed, received }: NodeState): Credit {
  let held = feed.pieces + crew.suspects.length + crew.raised.length;
  for (const { outstanding } of crew.workers.values()) held += outstanding.length;
  return { received, held };
}

/** The digest of the blocks that have been gathered since the last one was taken. */
export class Gathering {
  #runs = new RangeSet();
  #blocks = 0;
  #failedBlocks = 0;
  #elapsedMs = 0;
  #longestMs = 0;

  get isEmpty(): boolean {
    return this.#blocks === 0;
  }

  add(bytes: Uint8Array): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 0; at < bytes.byteLength; at += blockHeaderBytes + view.getUint32(at + 28, true)) {
      const count = view.getUint32(at + 24, true);
      const elapsedMs = view.getFloat64(at + 16, true);
      this.#runs.add(view.getFloat64(at, true), count);
      this.#blocks++;
      this.#elapsedMs += elapsedMs;
      if (elapsedMs > this.#longestMs * count) this.#longestMs = elapsedMs / count;
      if (view.getUint32(at + 36, true) > 0) this.#failedBlocks++;
    }
  }

  take(credit: Credit): Digest {
    const digest: Digest = {
      blocks: this.#blocks,
      cases: this.#runs.total,
      failedBlocks: this.#failedBlocks,
      elapsedMs: this.#elapsedMs,
      longestMs: this.#longestMs,
      credit,
      runs: [...this.#runs],
    };
    this.#runs = new RangeSet();
    this.#blocks = 0;
    this.#failedBlocks = 0;
    this.#elapsedMs = 0;
    this.#longestMs = 0;
    return digest;
  }
}
