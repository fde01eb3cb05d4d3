/** A transport in memory: real workers in this process, whose deaths and builds the test decides. */
import { tmpdir } from 'node:os';
import type { ReadyKernel } from '../../src/kernels/kernel.js';
import type { Hello } from '../../src/messages/message.js';
import { decodeMessage } from '../../src/messages/wire.js';
import type { CoordinatorLinks, LinkHandlers, WorkerLink } from '../../src/runtime/links/transport.js';
import { type WorkEnd, work } from '../../src/worker/work.js';

export interface MemoryOptions {
  readonly workers: readonly number[];
  /** Numbers of the workers that take the places of lost ones; none are left when it is empty. */
  readonly successors?: number[];
  kernelOf(worker: number): ReadyKernel;
  /** What this worker says of itself besides what all say. */
  helloOf?(worker: number): Partial<Hello>;
  /** Worker dies right after its hello. */
  diesAtStart?(worker: number): boolean;
  /** Milliseconds that this worker takes to come up. */
  delayMs?(worker: number): number;
}

export const identity = { protocol: 1, build: 'b' };

export class MemoryLinks implements CoordinatorLinks {
  readonly kind = 'local';
  readonly isFragile = false;
  readonly workers: readonly number[];
  /** Kinds of the messages that each worker was sent. */
  readonly told = new Map<number, string[]>();
  readonly ends = new Map<number, Promise<WorkEnd>>();
  readonly #options: MemoryOptions;
  readonly #links = new Map<number, MemoryWorkerLink>();
  #handlers: LinkHandlers | undefined;

  constructor(options: MemoryOptions) {
    this.#options = options;
    this.workers = options.workers;
    for (const worker of options.workers) this.#start(worker);
  }

  start(handlers: LinkHandlers): void {
    this.#handlers = handlers;
  }

  send(worker: number, bytes: Uint8Array): void {
    const link = this.#links.get(worker);
    if (!link || link.isDead) return;
    const kinds = this.told.get(worker) ?? [];
    kinds.push(decodeMessage(bytes).kind);
    this.told.set(worker, kinds);
    link.receive(bytes.slice());
  }

  async broadcast(bytes: Uint8Array): Promise<void> {
    for (const worker of this.#links.keys()) this.send(worker, bytes);
  }

  replace(_worker: number): number | undefined {
    const successor = this.#options.successors?.shift();
    if (successor !== undefined) this.#start(successor);
    return successor;
  }

  async close(): Promise<void> {}

  abort(): void {}

  kill(worker: number): void {
    const link = this.#links.get(worker)!;
    if (link.isDead) return;
    link.isDead = true;
    setImmediate(() => this.#handlers!.onLost(worker, { how: 'was ended by the test' }));
  }

  #start(worker: number): void {
    const { kernelOf, helloOf, diesAtStart, delayMs } = this.#options;
    const kernel = kernelOf(worker);
    const link = new MemoryWorkerLink((bytes) => {
      this.#handlers!.onMessage(worker, bytes);
      this.#handlers!.onDrained();
      if (decodeMessage(bytes).kind === 'hello' && diesAtStart?.(worker)) this.kill(worker);
    });
    this.#links.set(worker, link);
    const hello = {
      ...identity,
      host: `host${worker}`,
      pid: 100 + worker,
      node: 'v20',
      ...helloOf?.(worker),
    };
    const up = new Promise((resolve) => setTimeout(resolve, delayMs?.(worker) ?? 0));
    const life = up.then(() =>
      work({
        link,
        place: { worker, threads: 1, scratchRoot: tmpdir },
        hello,
        loadKernel: async () => ({ kernel, identity: kernel.name }),
      }),
    );
    this.ends.set(worker, life);
  }
}

class MemoryWorkerLink implements WorkerLink {
  handler: (bytes: Uint8Array) => void = () => {};
  isDead = false;
  #slot = new Uint8Array(4096);
  readonly #deliver: (bytes: Uint8Array) => void;
  readonly #waiting: Uint8Array[] = [];
  #wake: () => void = () => {};

  constructor(deliver: (bytes: Uint8Array) => void) {
    this.#deliver = deliver;
  }

  receive(bytes: Uint8Array): void {
    this.#waiting.push(bytes);
    this.#wake();
  }

  get outgoing(): Uint8Array {
    return this.#slot;
  }

  commit(length: number): void {
    const sent = this.#slot;
    this.#slot = new Uint8Array(4096);
    this.send(sent.subarray(0, length));
  }

  /** Arrives later, and its memory is used again behind it. */
  send(bytes: Uint8Array): void {
    const copy = bytes.slice();
    setImmediate(() => {
      if (this.isDead) return;
      this.#deliver(copy);
      copy.fill(0xff);
    });
  }

  poll(): boolean {
    if (this.#waiting.length === 0) return false;
    for (const bytes of this.#waiting.splice(0)) this.handler(bytes);
    return true;
  }

  async wait(): Promise<void> {
    if (this.#waiting.length === 0) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  async settle(): Promise<void> {}

  async close(): Promise<void> {}
}
