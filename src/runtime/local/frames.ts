/** Messages on a byte stream: u32 length, little-endian, the letters SHOL, then the message. */

/** Bytes in front of a message. */
export const framePrefixBytes = 8;

/** A longer frame than any of ours: what came is not our protocol (a stray print on standard output, say). */
const longestFrame = 1 << 30;

export function writePrefix(frame: Uint8Array, messageBytes: number): void {
  const view = new DataView(frame.buffer, frame.byteOffset, framePrefixBytes);
  view.setUint32(0, messageBytes, true);
  view.setUint32(4, frameMagic, true);
}

/** A message with its prefix in front. */
export function framed(bytes: Uint8Array): Uint8Array {
  const frame = new Uint8Array(framePrefixBytes + bytes.byteLength);
  writePrefix(frame, bytes.byteLength);
  frame.set(bytes, framePrefixBytes);
  return frame;
}

const frameMagic = 0x4c4f4853;

/** Puts a stream's pieces together again. `onMessage` gets a view that is valid until it returns. */
export class FrameReader {
  readonly #onMessage: (bytes: Uint8Array) => void;
  #buffer = new Uint8Array(64 * 1024);
  #length = 0;

  constructor(onMessage: (bytes: Uint8Array) => void) {
    this.#onMessage = onMessage;
  }

  /** Throws when the bytes cannot be frames of ours. */
  push(piece: Uint8Array): void {
    this.#append(piece);
    let at = 0;
    while (this.#length - at >= framePrefixBytes) {
      const view = new DataView(this.#buffer.buffer, at, framePrefixBytes);
      const bytes = view.getUint32(0, true);
      if (view.getUint32(4, true) !== frameMagic || bytes > longestFrame) {
        const text = new TextDecoder().decode(this.#buffer.subarray(at, Math.min(this.#length, at + 80)));
        throw new Error(`expected a framed message, got bytes that begin with ${JSON.stringify(text)}`);
      }
      if (this.#length - at < framePrefixBytes + bytes) break;
      this.#onMessage(this.#buffer.subarray(at + framePrefixBytes, at + framePrefixBytes + bytes));
      at += framePrefixBytes + bytes;
    }
    if (at > 0) {
      this.#buffer.copyWithin(0, at, this.#length);
      this.#length -= at;
    }
  }

  #append(piece: Uint8Array): void {
    const needed = this.#length + piece.byteLength;
    if (needed > this.#buffer.byteLength) {
      const larger = new Uint8Array(Math.max(needed, this.#buffer.byteLength * 2));
      larger.set(this.#buffer.subarray(0, this.#length));
      this.#buffer = larger;
    }
    this.#buffer.set(piece, this.#length);
    this.#length = needed;
  }
}
