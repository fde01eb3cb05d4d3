/** A worker in simulated time: cuts ranges into pieces and sends blocks as src/worker does. */
import { blockHeaderBytes, writeBlockHeader } from '../codec/block.js';
import { type Piece, Pieces } from '../worker/pieces.js';
import type { EventQueue } from './event-queue.js';

/** What a worker meets. */
export interface WorkerWorld {
  readonly time: EventQueue;
  /** Time that this worker computes for a piece. */
  elapsedMs(worker: number, first: number, count: number): number;
  readonly pieceMs: number;
  readonly messageMs: number;
  /** The blocks leave at this moment. */
  send(worker: number, blocks: Uint8Array): void;
  /** The worker gives back what it has not begun. */
  release(worker: number, ranges: readonly Range[]): void;
}

export interface Range {
  readonly first: number;
  readonly count: number;
  readonly attempt: number;
}

/** As in worker/work.ts: results wait at most this long for company. */
const flushMs = 1;

/** As of the transports' buffers. */
const messageBytes = 256 * 1024;

interface Computed extends Range {
  readonly startedMs: number;
  readonly elapsedMs: number;
}

export class SimulatedWorker {
  readonly #worker: number;
  readonly #world: WorkerWorld;
  readonly #pieces = new Pieces([], messageBytes);
  readonly #piece: Piece = { first: 0, count: 0, attempt: 0 };
  /** Ranges that have arrived and not been looked at. */
  #inbox: Range[] = [];
  #blocks: Computed[] = [];
  #flushedAtMs = 0;
  #isAsked = false;
  #isIdle = true;
  #isDead = false;

  constructor(worker: number, world: WorkerWorld) {
    this.#worker = worker;
    this.#world = world;
  }

  receive(ranges: readonly Range[]): void {
    if (this.#isDead) return;
    this.#inbox.push(...ranges);
    if (!this.#isIdle) return;
    this.#isIdle = false;
    this.#flushedAtMs = this.#world.time.nowMs;
    this.#poll();
    this.#begin(this.#world.time.nowMs);
  }

  /** It hears of it when it looks into its inbox next. */
  revoke(): void {
    if (this.#isDead) return;
    this.#isAsked = true;
    if (this.#isIdle) this.#poll();
  }

  /** What was sent arrives yet; all else is lost. */
  die(): void {
    this.#isDead = true;
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  #begin(atMs: number): void {
    let nowMs = atMs;
    while (!this.#pieces.next(this.#piece)) {
      nowMs = this.#flush(nowMs);
      if (this.#inbox.length === 0) {
        this.#isIdle = true;
        return;
      }
      this.#poll();
    }
    const { first, count, attempt } = this.#piece;
    const elapsedMs = this.#world.elapsedMs(this.#worker, first, count);
    const endsMs = nowMs + elapsedMs + this.#world.pieceMs;
    this.#world.time.at(endsMs, () => {
      if (!this.#isDead) this.#end({ first, count, attempt, startedMs: nowMs, elapsedMs });
    });
  }

  #end(block: Computed): void {
    const { nowMs } = this.#world.time;
    this.#pieces.observe(block.count, block.elapsedMs);
    this.#blocks.push(block);
    let freeMs = nowMs;
    if (this.#blocks.length >= this.#pieces.length || nowMs - this.#flushedAtMs > flushMs) {
      freeMs = this.#flush(nowMs);
      this.#poll();
    }
    this.#begin(freeMs);
  }

  #poll(): void {
    for (const { first, count, attempt } of this.#inbox) this.#pieces.add(first, count, attempt);
    this.#inbox = [];
    if (!this.#isAsked) return;
    this.#isAsked = false;
    this.#world.release(this.#worker, this.#pieces.release(false));
  }

  /** Sends what is computed; the moment at which the worker is free again. */
  #flush(nowMs: number): number {
    if (this.#blocks.length === 0) return nowMs;
    this.#world.send(this.#worker, encodeBlocks(this.#worker, this.#blocks));
    this.#blocks = [];
    this.#flushedAtMs = nowMs;
    return nowMs + this.#world.messageMs;
  }
}

/** Blocks without columns: the coordinator looks at headers alone. */
function encodeBlocks(worker: number, blocks: readonly Computed[]): Uint8Array {
  const bytes = new Uint8Array(blocks.length * blockHeaderBytes);
  const view = new DataView(bytes.buffer);
  blocks.forEach((block, i) => {
    writeBlockHeader(view, i * blockHeaderBytes, { worker, ...block }, 0, 0);
  });
  return bytes;
}
