/** Frames of one segment, read through a window so that a segment of any size needs little memory. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import {
  type FrameKind,
  frameHeaderBytes,
  frameMark,
  frameSeed,
  type HeaderReading,
  kindName,
  pad8,
  readSegmentHeader,
  segmentHeader,
  segmentHeaderBytes,
} from './format.js';

export interface Frame {
  /** Undefined for a kind this version does not know. */
  readonly kind: FrameKind | undefined;
  /** Of the frame, in the file. */
  readonly offset: number;
  /** Position behind the frame and its padding. */
  readonly end: number;
  /** Valid until the next call of the reader. */
  readonly payload: Uint8Array;
}

export class SegmentReader {
  readonly path: string;
  readonly header: HeaderReading;
  /**
   * Size when it was opened: a group mark within it was written after everything in front of it was durable, so
   * what a running session adds in the meantime can never look like damage.
   */
  readonly size: number;
  readonly #fd: number;
  readonly #seed: number;
  #window: Uint8Array;
  #view: DataView;
  #windowAt = 0;
  #windowFill = 0;

  /** `fingerprint` and `number` say what header the segment should have. */
  constructor(path: string, fingerprint: string, number: number) {
    this.path = path;
    this.#fd = openSync(path, 'r');
    this.size = fstatSync(this.#fd).size;
    this.#window = new Uint8Array(Math.min(windowBytes, Math.max(segmentHeaderBytes, this.size)));
    this.#view = new DataView(this.#window.buffer);
    this.#seed = frameSeed(segmentHeader(fingerprint, number));
    const bytes = Math.min(segmentHeaderBytes, this.size);
    this.header = readSegmentHeader(this.#window.subarray(this.#need(0, bytes), bytes));
  }

  /** The frame at `offset`, when it is there and whole. */
  frameAt(offset: number): Frame | undefined {
    if (offset + frameHeaderBytes > this.size) return undefined;
    let at = this.#need(offset, frameHeaderBytes);
    const mark = this.#view.getUint32(at + 4, true);
    if ((mark & 0xffff) !== frameMark) return undefined;
    if (this.#view.getUint32(at + 12, true) !== offset / 8) return undefined;
    const payloadBytes = this.#view.getUint32(at + 8, true);
    const frameBytes = frameHeaderBytes + pad8(payloadBytes);
    if (offset + frameBytes > this.size) return undefined;
    at = this.#need(offset, frameBytes);
    const sum = crc32(this.#window.subarray(at + 4, at + frameBytes), this.#seed);
    if (sum !== this.#view.getUint32(at, true)) return undefined;
    const from = at + frameHeaderBytes;
    return {
      kind: kindName(mark >>> 16),
      offset,
      end: offset + frameBytes,
      payload: this.#window.subarray(from, from + payloadBytes),
    };
  }

  /** Position of the first whole frame at or behind `offset`, of any kind or of one. */
  findFrame(offset: number, kind?: FrameKind): number | undefined {
    for (let from = pad8(offset); from + frameHeaderBytes <= this.size; from += 8) {
      const at = this.#need(from, frameHeaderBytes);
      if (this.#view.getUint32(at + 12, true) !== from / 8) continue;
      const frame = this.frameAt(from);
      if (frame && (kind === undefined || frame.kind === kind)) return from;
    }
    return undefined;
  }

  close(): void {
    closeSync(this.#fd);
  }

  /** Makes `bytes` bytes from `offset` on available; returns where in the window they start. */
  #need(offset: number, bytes: number): number {
    const inside = offset - this.#windowAt;
    if (inside >= 0 && inside + bytes <= this.#windowFill) return inside;
    if (bytes > this.#window.byteLength) {
      this.#window = new Uint8Array(pad8(bytes));
      this.#view = new DataView(this.#window.buffer);
    }
    this.#windowAt = offset;
    this.#windowFill = 0;
    const wanted = Math.min(this.#window.byteLength, this.size - offset);
    while (this.#windowFill < wanted) {
      const read = readSync(
        this.#fd,
        this.#window,
        this.#windowFill,
        wanted - this.#windowFill,
        offset + this.#windowFill,
      );
      if (read === 0) throw new Error(`${this.path} became shorter while it was read`);
      this.#windowFill += read;
    }
    return 0;
  }
}

const windowBytes = 4 << 20;
