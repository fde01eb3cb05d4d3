/** A local worker's end: frames over its own standard input and output. */
import { readSync, writeSync } from 'node:fs';
import { readableWait } from '../../ffi/wait-readable.js';
import { slotBytes, type WorkerLink } from '../links/transport.js';
import { FrameReader, framePrefixBytes, writePrefix } from './frames.js';

/**
 * Standard output belongs to the link from here on: whatever the kernel prints goes to standard error.
 * `onClosed` is called when the coordinator is gone.
 */
export function stdioLink(onClosed: () => void): StdioLink {
  return new StdioLink(onClosed);
}

/**
 * An answer that comes at once is waited for on this very thread: the way through the event loop takes longer than all
 * else that a short chunk costs. The event loop has its turn after this time at the latest.
 */
const directMs = 2;

/**
 * Waking a process on a core that sleeps takes longer than most answers: for this time it stays awake. Where that was in
 * vain it is left alone for twice as many answers as the time before.
 */
const awakeMs = 0.1;
const mostLeft = 64;

/** A link into which this process can say something itself. */
export class StdioLink implements WorkerLink {
  handler: (bytes: Uint8Array) => void = () => {};
  readonly #frame = new Uint8Array(framePrefixBytes + slotBytes);
  readonly outgoing = this.#frame.subarray(framePrefixBytes);
  readonly #waiting: Uint8Array[] = [];
  readonly #reader = new FrameReader((bytes) => {
    this.#waiting.push(bytes.slice());
    this.#wake?.();
  });
  readonly #piece = new Uint8Array(slotBytes);
  #isReadable: ((ms: number) => boolean) | undefined;
  #turnedMs = 0;
  /** Answers that are still waited for asleep, and as how many the last time. */
  #asleep = 0;
  #asleepNext = 1;
  #wake: (() => void) | undefined;

  constructor(onClosed: () => void) {
    process.stdout.write = process.stderr.write.bind(process.stderr) as typeof process.stdout.write;
    process.stdin.on('data', (piece: Uint8Array) => this.#reader.push(piece));
    process.stdin.on('close', onClosed);
    process.stdin.on('error', onClosed);
  }

  /** For a coordinator on this host, which answers before the event loop has come round. */
  waitDirectly(): void {
    this.#isReadable = readableWait(0);
  }

  /** As if it had come from the coordinator. */
  inject(bytes: Uint8Array): void {
    this.#waiting.push(bytes);
    this.#wake?.();
  }

  commit(length: number): void {
    writePrefix(this.#frame, length);
    writeAll(this.#frame.subarray(0, framePrefixBytes + length));
  }

  send(bytes: Uint8Array): void {
    const frame = new Uint8Array(framePrefixBytes + bytes.byteLength);
    writePrefix(frame, bytes.byteLength);
    frame.set(bytes, framePrefixBytes);
    writeAll(frame);
  }

  poll(): boolean {
    if (this.#waiting.length === 0) return false;
    for (const bytes of this.#waiting.splice(0)) this.handler(bytes);
    return true;
  }

  async wait(): Promise<void> {
    if (this.#waiting.length > 0 || this.#receive()) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = undefined;
    this.#turnedMs = performance.now();
  }

  async settle(): Promise<void> {
    // Writing was synchronous.
  }

  async close(): Promise<void> {
    process.stdin.destroy();
  }

  /** True when a message came before the event loop has to have its turn. */
  #receive(): boolean {
    if (!this.#isReadable) return false;
    while (this.#waiting.length === 0) {
      const leftMs = Math.ceil(this.#turnedMs + directMs - performance.now());
      // What the stream holds came before what the descriptor has. The end is the event loop's to tell.
      if (leftMs <= 0 || process.stdin.readableLength > 0) return false;
      if (!this.#isReadableAwake(this.#isReadable) && !this.#isReadable(leftMs)) return false;
      const bytes = readSync(0, this.#piece);
      if (bytes === 0) return false;
      this.#reader.push(this.#piece.subarray(0, bytes));
    }
    return true;
  }

  #isReadableAwake(isReadable: (ms: number) => boolean): boolean {
    if (this.#asleep > 0) {
      this.#asleep--;
      return false;
    }
    const endMs = performance.now() + awakeMs;
    do {
      if (isReadable(0)) {
        this.#asleepNext = 1;
        return true;
      }
    } while (performance.now() < endMs);
    this.#asleep = this.#asleepNext;
    this.#asleepNext = Math.min(2 * this.#asleepNext, mostLeft);
    return false;
  }
}

/** Synchronous, so that a result is out of this process before the next case begins. */
function writeAll(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.byteLength; ) {
    try {
      at += writeSync(1, bytes, at);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // The coordinator is behind, and something set the pipe to non-blocking.
      if (code === 'EAGAIN') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
      else if (code === 'EPIPE' || code === 'ECONNRESET') return;
      else throw error;
    }
  }
}
