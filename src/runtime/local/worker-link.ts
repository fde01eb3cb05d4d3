/** A local worker's end: frames over its own standard input and output. */
import { writeSync } from 'node:fs';
import { slotBytes, type WorkerLink } from '../transport.js';
import { FrameReader, framePrefixBytes, writePrefix } from './frames.js';

/**
 * Standard output belongs to the link from here on: whatever the kernel prints goes to standard error.
 * `onClosed` is called when the coordinator is gone.
 */
export function stdioLink(onClosed: () => void): StdioLink {
  return new StdioLink(onClosed);
}

/** A link into which this process can say something itself. */
export class StdioLink implements WorkerLink {
  handler: (bytes: Uint8Array) => void = () => {};
  readonly #frame = new Uint8Array(framePrefixBytes + slotBytes);
  readonly outgoing = this.#frame.subarray(framePrefixBytes);
  readonly #waiting: Uint8Array[] = [];
  #wake: (() => void) | undefined;

  constructor(onClosed: () => void) {
    process.stdout.write = process.stderr.write.bind(process.stderr) as typeof process.stdout.write;
    const reader = new FrameReader((bytes) => {
      this.#waiting.push(bytes.slice());
      this.#wake?.();
    });
    process.stdin.on('data', (piece: Uint8Array) => reader.push(piece));
    process.stdin.on('close', onClosed);
    process.stdin.on('error', onClosed);
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
    if (this.#waiting.length > 0) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = undefined;
  }

  async settle(): Promise<void> {
    // Writing was synchronous.
  }

  async close(): Promise<void> {
    process.stdin.destroy();
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
