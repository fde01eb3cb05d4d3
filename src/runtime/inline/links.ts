/** Coordinator and one worker in this process: no child, no pipe. What a kernel does to the process it does to both. */
import { type CoordinatorLinks, type LinkHandlers, slotBytes, type WorkerLink } from '../links/transport.js';

/** The worker's number: it is alone. */
const worker = 0;

export interface InlineOptions {
  /** Serves the worker's end of the link until it is told to stop. */
  serve(link: WorkerLink): Promise<unknown>;
}

export function inlineLinks(options: InlineOptions): CoordinatorLinks {
  return new InlineLinks(options);
}

class InlineLinks implements CoordinatorLinks {
  readonly kind = 'inline';
  readonly isFragile = true;
  readonly workers = [worker];
  readonly #options: InlineOptions;
  readonly #toWorker = new Mailbox();
  #life: Promise<void> = Promise.resolve();
  #isOver = false;

  constructor(options: InlineOptions) {
    this.#options = options;
  }

  start(handlers: LinkHandlers): void {
    const link = new InlineWorkerLink(this.#toWorker, (bytes) => {
      if (this.#isOver) return;
      handlers.onMessage(worker, bytes);
      handlers.onDrained();
    });
    this.#life = this.#options.serve(link).then(
      () => handlers.onLost(worker, { how: 'has ended' }),
      (error: Error) => handlers.onError(error),
    );
  }

  send(_worker: number, bytes: Uint8Array): void {
    if (!this.#isOver) this.#toWorker.post(bytes.slice());
  }

  async broadcast(bytes: Uint8Array): Promise<void> {
    this.send(worker, bytes);
  }

  replace(): undefined {
    return undefined;
  }

  async close(): Promise<void> {
    await this.#life;
    this.#isOver = true;
  }

  abort(): void {
    this.#isOver = true;
  }
}

class InlineWorkerLink implements WorkerLink {
  handler: (bytes: Uint8Array) => void = () => {};
  readonly outgoing = new Uint8Array(slotBytes);
  readonly #inbox: Mailbox;
  readonly #deliver: (bytes: Uint8Array) => void;

  constructor(inbox: Mailbox, deliver: (bytes: Uint8Array) => void) {
    this.#inbox = inbox;
    this.#deliver = deliver;
  }

  commit(length: number): void {
    this.#deliver(this.outgoing.subarray(0, length));
  }

  send(bytes: Uint8Array): void {
    this.#deliver(bytes);
  }

  poll(): boolean {
    return this.#inbox.drain(this.handler);
  }

  wait(): Promise<void> {
    return this.#inbox.wait();
  }

  async settle(): Promise<void> {
    // The coordinator has read it already.
  }

  async close(): Promise<void> {}
}

/** Messages that wait until their reader looks: it must not be entered from inside its own sending. */
class Mailbox {
  #waiting: Uint8Array[] = [];
  #wake: () => void = () => {};

  post(bytes: Uint8Array): void {
    this.#waiting.push(bytes);
    this.#wake();
  }

  drain(handler: (bytes: Uint8Array) => void): boolean {
    const messages = this.#waiting;
    if (messages.length === 0) return false;
    this.#waiting = [];
    for (const bytes of messages) handler(bytes);
    return true;
  }

  async wait(): Promise<void> {
    if (this.#waiting.length > 0) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }
}
