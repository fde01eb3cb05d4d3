/** What a worker has to compute, cut into pieces short enough that results leave and messages are seen in between. */
import { blockHeaderBytes, numericBytesPerCase } from '../codec/block.js';
import type { ColumnSpec } from '../codec/columns.js';
import { headerBytes } from '../messages/wire.js';
import { ChunkSize } from '../schedule/chunk-size.js';

export interface Piece {
  first: number;
  count: number;
  attempt: number;
}

/** Cases of columns that are not numeric have no size before they are encoded. */
const variableCases = 64;

export class Pieces {
  readonly #ranges: Piece[] = [];
  readonly #size: ChunkSize;
  #head = 0;

  /** `messageBytes`: a piece's block should fit into a message of this size. */
  constructor(outputs: readonly ColumnSpec[], messageBytes: number) {
    const perCase = numericBytesPerCase(outputs);
    const hasVariable = outputs.some((spec) => spec.dtype === 'string' || spec.dtype === 'json');
    const fits = Math.floor(
      (messageBytes - headerBytes - blockHeaderBytes - 8 * outputs.length) / (perCase || 1),
    );
    this.#size = new ChunkSize(hasVariable ? Math.min(fits, variableCases) : fits);
  }

  /** Ranges that wait, the one in work included. */
  get length(): number {
    return this.#ranges.length - this.#head;
  }

  add(range: Piece): void {
    this.#ranges.push(range);
  }

  clear(): void {
    this.#ranges.length = 0;
    this.#head = 0;
  }

  /** The next piece; undefined when nothing waits. */
  next(): Piece | undefined {
    const range = this.#ranges[this.#head];
    if (!range) return undefined;
    const size = this.#size.size();
    if (range.count > size) {
      const piece = { first: range.first, count: size, attempt: range.attempt };
      range.first += size;
      range.count -= size;
      return piece;
    }
    this.#head++;
    if (this.#head === this.#ranges.length) this.clear();
    return range;
  }

  observe(count: number, elapsedMs: number): void {
    this.#size.observe(count, elapsedMs);
  }
}
