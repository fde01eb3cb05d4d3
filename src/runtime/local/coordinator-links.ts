/** The coordinator's end of local workers: child processes that speak frames over their standard input and output. */
import type { WorkerProcess } from '../../process/spawn-worker.js';
import type { CoordinatorLinks, LinkHandlers } from '../transport.js';
import { FrameReader, framePrefixBytes, writePrefix } from './frames.js';

export interface LocalOptions {
  readonly workers: readonly number[];
  /** Starts the process of worker `worker`. */
  spawn(worker: number): WorkerProcess;
  /** Numbers that replacements of lost workers get, from here upwards. */
  readonly firstReplacement: number;
  /** From one such number to the next, where several share them; 1 when absent. */
  readonly replacementStep?: number;
  /**
   * Replacements of lost workers with none that came up in between: a program that dies at every start must not go
   * on for ever, while cases that end their workers are given up one by one.
   */
  readonly replacements: number;
}

/** Time that workers have to end by themselves once their input is closed. */
const graceMs = 2_000;

export function localLinks(options: LocalOptions): CoordinatorLinks {
  return new LocalLinks(options);
}

class LocalLinks implements CoordinatorLinks {
  readonly kind = 'local';
  readonly isFragile = false;
  readonly #options: LocalOptions;
  readonly #processes = new Map<number, WorkerProcess>();
  #handlers: LinkHandlers | undefined;
  /** Since a worker last came up. */
  #replaced = 0;
  #nextWorker: number;
  #isClosing = false;

  constructor(options: LocalOptions) {
    this.#options = options;
    this.#nextWorker = options.firstReplacement;
    // Started at once: processes take their time to come up, and the study is loaded meanwhile.
    for (const worker of options.workers) this.#processes.set(worker, options.spawn(worker));
  }

  get workers(): readonly number[] {
    return this.#options.workers;
  }

  start(handlers: LinkHandlers): void {
    this.#handlers = handlers;
    for (const [worker, child] of this.#processes) this.#listen(worker, child);
  }

  send(worker: number, bytes: Uint8Array): void {
    const child = this.#processes.get(worker);
    if (!child?.input.writable) return;
    const frame = new Uint8Array(framePrefixBytes + bytes.byteLength);
    writePrefix(frame, bytes.byteLength);
    frame.set(bytes, framePrefixBytes);
    child.input.write(frame);
  }

  async broadcast(bytes: Uint8Array): Promise<void> {
    for (const worker of this.#processes.keys()) this.send(worker, bytes);
  }

  replace(_worker: number): number | undefined {
    if (this.#isClosing || this.#replaced >= this.#options.replacements) return undefined;
    this.#replaced++;
    const worker = this.#nextWorker;
    this.#nextWorker += this.#options.replacementStep ?? 1;
    const child = this.#options.spawn(worker);
    this.#processes.set(worker, child);
    this.#listen(worker, child);
    return worker;
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    const children = [...this.#processes.values()];
    for (const child of children) child.input.end();
    const timer = setTimeout(() => {
      for (const child of children) child.kill();
    }, graceMs);
    await Promise.all(children.map((child) => child.ended));
    clearTimeout(timer);
  }

  abort(): void {
    this.#isClosing = true;
    for (const child of this.#processes.values()) child.kill();
  }

  #listen(worker: number, child: WorkerProcess): void {
    const handlers = this.#handlers as LinkHandlers;
    let messages = 0;
    const reader = new FrameReader((bytes) => {
      // Behind its hello a worker only speaks once it has its kernel.
      if (++messages === 2) this.#replaced = 0;
      handlers.onMessage(worker, bytes);
    });
    child.output.on('data', (piece: Uint8Array) => {
      try {
        reader.push(piece);
        handlers.onDrained();
      } catch (error) {
        handlers.onError(error as Error);
      }
    });
    void child.ended.then(({ code, signal }) => {
      this.#processes.delete(worker);
      const how = signal ? `was ended by ${signal}` : `exited with code ${code}`;
      handlers.onLost(worker, { how });
    });
  }
}
