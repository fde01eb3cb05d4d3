/** What a worker has to compute, cut into pieces short enough that results leave and messages are seen in between. */
import { blockHeaderBytes, numericBytesPerCase } from '../codec/block.js';
import type { ColumnSpec } from '../codec/columns.js';
import { headerBytes } from '../messages/wire.js';
import { ChunkSize } from '../schedule/chunk-size.js';
import { RangeRing } from '../schedule/range-ring.js';

/** Cases to compute in one call of the kernel. */
export interface Piece {
  first: number;
  count: number;
  attempt: number;
}

/** Cases of columns that are not numeric have no size before they are encoded. */
const variableCases = 64;

export class Pieces {
  readonly #ranges = new RangeRing();
  readonly #size: ChunkSize;

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
    return this.#ranges.length;
  }

  add(first: number, count: number, attempt: number): void {
    this.#ranges.push(first, count, attempt);
  }

  clear(): void {
    this.#ranges.clear();
  }

  /** Takes the next piece into `out`; false when nothing waits. */
  next(out: Piece): boolean {
    const ranges = this.#ranges;
    if (ranges.length === 0) return false;
    out.first = ranges.headFirst;
    out.count = Math.min(ranges.headCount, this.#size.size());
    out.attempt = ranges.headAttempt;
    ranges.take(out.count);
    return true;
  }

  observe(count: number, elapsedMs: number): void {
    this.#size.observe(count, elapsedMs);
  }
}
