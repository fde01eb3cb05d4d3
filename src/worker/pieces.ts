/** What a worker has to compute, cut into pieces short enough that results leave and messages are seen in between. */
import { blockHeaderBytes, numericBytesPerCase } from '../codec/block.js';
import type { ColumnSpec } from '../codec/columns.js';
import type { Assignment } from '../messages/message.js';
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
  readonly #isJoining: boolean;
  readonly #mostCasesOf: (attempt: number) => number;
  #cases = 0;

  /**
   * `messageBytes`: a piece's block should fit into a message of this size. `isJoining`: pieces may span ranges.
   * `mostCasesOf`: what the kernel takes at once of an attempt.
   */
  constructor(
    outputs: readonly ColumnSpec[],
    messageBytes: number,
    isJoining = true,
    mostCasesOf: (attempt: number) => number = () => Number.POSITIVE_INFINITY,
  ) {
    this.#isJoining = isJoining;
    this.#mostCasesOf = mostCasesOf;
    const perCase = numericBytesPerCase(outputs);
    const hasVariable = outputs.some((spec) => spec.dtype === 'string' || spec.dtype === 'json');
    const fits = Math.floor(
      (messageBytes - headerBytes - blockHeaderBytes - 8 * outputs.length) / (perCase || 1),
    );
    this.#size = new ChunkSize(Math.min(fits, hasVariable ? variableCases : fits));
  }

  /** Ranges that wait, the one in work included. */
  get length(): number {
    return this.#ranges.length;
  }

  /** Cases that wait. */
  get cases(): number {
    return this.#cases;
  }

  /** Time that they will take, by those before; 0 before the first one. */
  get waitingMs(): number {
    return this.#cases * this.#size.caseMs;
  }

  add(first: number, count: number, attempt: number): void {
    this.#ranges.push(first, count, attempt);
    this.#cases += count;
  }

  clear(): void {
    this.#ranges.clear();
    this.#cases = 0;
  }

  /**
   * Gives up the second half of what waits, the last range first. A worker that computes nothing keeps at least one
   * case, so that no case wanders from worker to worker without being computed.
   */
  release(isComputing: boolean): Assignment[] {
    const ranges = this.#ranges;
    const released: Assignment[] = [];
    const half = this.#cases / 2;
    for (let left = isComputing ? Math.ceil(half) : Math.floor(half); left > 0; ) {
      const count = Math.min(left, ranges.tailCount);
      const first = ranges.tailFirst + ranges.tailCount - count;
      released.push({ first, count, attempt: ranges.tailAttempt });
      ranges.takeBack(count);
      this.#cases -= count;
      left -= count;
    }
    return released;
  }

  /** Takes the next piece into `out`; false when nothing waits. */
  next(out: Piece): boolean {
    const ranges = this.#ranges;
    if (ranges.length === 0) return false;
    const size = Math.min(this.#size.size(), this.#mostCasesOf(ranges.headAttempt));
    out.first = ranges.headFirst;
    out.count = 0;
    out.attempt = ranges.headAttempt;
    do {
      const part = Math.min(ranges.headCount, size - out.count);
      ranges.take(part);
      out.count += part;
      this.#cases -= part;
    } while (this.#isJoining && out.count < Math.min(size, this.#cases) && this.#continues(out));
    return true;
  }

  /**
   * Short ranges that follow one another are one piece, since a call of the kernel and a block cost more than such a
   * range. At most half of what waits: the coordinator answers to the first half while the second is computed.
   */
  #continues({ first, count, attempt }: Piece): boolean {
    const ranges = this.#ranges;
    return ranges.length > 0 && ranges.headFirst === first + count && ranges.headAttempt === attempt;
  }

  observe(count: number, elapsedMs: number): void {
    this.#size.observe(count, elapsedMs);
  }
}
