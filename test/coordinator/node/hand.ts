/** A worker that does one thing at a time, when the test says so; its messages wait as bytes in its outbox. */
import { type Block, encodeBlock } from '../../../src/codec/block.js';
import type { ColumnSpec } from '../../../src/codec/columns.js';
import type { Assignment, Message } from '../../../src/messages/message.js';
import { decodeMessage, encodeMessage } from '../../../src/messages/wire.js';

export const specs: readonly ColumnSpec[] = [{ name: 'value', dtype: 'float64', shape: [] }];

export const resultOf = (index: number): number => Math.sqrt(index) + 0.5;

/** A message, or the end of who sent those before it. */
export type Sent = Uint8Array | 'dead';

export class Hand {
  readonly worker: number;
  /** Place of its node coordinator; undefined for a worker of the root. */
  readonly node: number | undefined;
  state: 'starting' | 'ready' | 'stopped' | 'dead' = 'starting';
  readonly inbox: Uint8Array[] = [];
  readonly outbox: Sent[] = [];
  readonly ranges: { first: number; count: number; attempt: number }[] = [];
  /** Blocks that are computed and not sent. */
  blocks: Uint8Array[] = [];

  constructor(worker: number, node: number | undefined) {
    this.worker = worker;
    this.node = node;
  }

  becomeReady(): void {
    if (this.state !== 'starting') return;
    this.state = 'ready';
    this.#say({ kind: 'ready', kernel: 'k' });
  }

  /** Reads one message. */
  read(): void {
    if (this.state !== 'ready') return;
    const bytes = this.inbox.shift();
    if (!bytes) return;
    const message = decodeMessage(bytes);
    if (message.kind === 'assign') this.ranges.push(...message.ranges.map((range) => ({ ...range })));
    else if (message.kind === 'revoke') this.#release();
    else if (message.kind === 'stop') {
      this.ranges.length = 0;
      this.send();
      this.#say({ kind: 'bye' });
      this.state = 'stopped';
    } else throw new Error(`a worker was told ${message.kind}`);
  }

  /** Computes up to `most` cases, or dies of one that is deadly. */
  compute(most: number, blockMs: number, deadly?: ReadonlySet<number>): void {
    const [range] = this.ranges;
    if (!range || this.state !== 'ready') return;
    const count = Math.min(most, range.count);
    for (let i = 0; i < count; i++) {
      if (!deadly?.has(range.first + i)) continue;
      this.die();
      return;
    }
    const block: Block = {
      ...{ first: range.first, count, attempt: range.attempt, worker: this.worker },
      ...{ startedMs: 0, elapsedMs: blockMs },
      failures: range.first % 13 === 5 ? [{ offset: 0, status: 'failed', type: 'Odd', message: 'm' }] : [],
      columns: { value: Float64Array.from({ length: count }, (_, i) => resultOf(range.first + i)) },
    };
    this.blocks.push(encodeBlock(specs, block));
    range.first += count;
    range.count -= count;
    if (range.count === 0) this.ranges.shift();
  }

  /** All blocks leave in one message. */
  send(): void {
    if (this.blocks.length === 0 || this.state === 'dead') return;
    const bytes = new Uint8Array(Buffer.concat(this.blocks));
    this.blocks = [];
    this.#say({ kind: 'results', bytes });
  }

  /** What was sent arrives yet. */
  die(): void {
    if (this.state === 'dead' || this.state === 'stopped') return;
    this.state = 'dead';
    this.outbox.push('dead');
  }

  /** The second half of what waits, and never the only case. */
  #release(): void {
    const waiting = this.ranges.reduce((sum, { count }) => sum + count, 0);
    const ranges: Assignment[] = [];
    for (let left = Math.floor(waiting / 2); left > 0; ) {
      const last = this.ranges.at(-1)!;
      const count = Math.min(left, last.count);
      ranges.push({ first: last.first + last.count - count, count, attempt: last.attempt });
      last.count -= count;
      left -= count;
      if (last.count === 0) this.ranges.pop();
    }
    this.#say({ kind: 'released', ranges });
  }

  #say(message: Message): void {
    this.outbox.push(encodeMessage(message));
  }
}
