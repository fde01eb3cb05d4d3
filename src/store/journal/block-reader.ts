import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { segmentName } from './format.js';

/**
 * Bytes of blocks by their place in the journal. Blocks that are neighbours in the file come out of one read, which
 * matters when each holds a single case.
 */
export class BlockReader {
  readonly #dir: string;
  readonly #files = new Map<number, { fd: number; size: number }>();
  #window = new Uint8Array(windowBytes);
  #segment = -1;
  #from = 0;
  #fill = 0;

  /** @param dir the journal's folder */
  constructor(dir: string) {
    this.#dir = dir;
  }

  /** `bytes` bytes from byte `offset` of a segment on; valid until the next call. */
  read(segment: number, offset: number, bytes: number): Uint8Array {
    const inside = offset - this.#from;
    if (segment !== this.#segment || inside < 0 || inside + bytes > this.#fill) {
      this.#load(segment, offset, bytes);
      return this.#window.subarray(0, bytes);
    }
    return this.#window.subarray(inside, inside + bytes);
  }

  close(): void {
    for (const { fd } of this.#files.values()) closeSync(fd);
    this.#files.clear();
  }

  #load(segment: number, offset: number, bytes: number): void {
    const { fd, size } = this.#open(segment);
    if (bytes > this.#window.byteLength) this.#window = new Uint8Array(bytes);
    this.#segment = segment;
    this.#from = offset;
    this.#fill = 0;
    const wanted = Math.min(this.#window.byteLength, Math.max(size - offset, bytes));
    while (this.#fill < wanted) {
      const read = readSync(fd, this.#window, this.#fill, wanted - this.#fill, offset + this.#fill);
      if (read === 0) throw new Error(`segment ${segment} of the journal became shorter while it was read`);
      this.#fill += read;
    }
  }

  #open(segment: number): { fd: number; size: number } {
    const known = this.#files.get(segment);
    if (known) return known;
    // A journal has a segment for each session and each gigabyte; a long one must not use up the descriptors.
    const [oldest] = this.#files;
    if (this.#files.size >= openFiles && oldest) {
      closeSync(oldest[1].fd);
      this.#files.delete(oldest[0]);
    }
    const fd = openSync(join(this.#dir, segmentName(segment)), 'r');
    const file = { fd, size: fstatSync(fd).size };
    this.#files.set(segment, file);
    return file;
  }
}

const windowBytes = 256 << 10;
const openFiles = 64;
