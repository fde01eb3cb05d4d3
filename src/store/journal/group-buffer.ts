import {
  frameHeaderBytes,
  frameKinds,
  frameSeed,
  pad8,
  sealFrame,
  segmentHeader,
  segmentHeaderBytes,
} from './format.js';

/** Memory that frames of one group are copied into. */
interface Page {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  used: number;
}

/** Frames that are written and synchronised together. */
export interface Group {
  readonly segment: number;
  /** Byte of the segment where the group starts; 0 when it brings the segment's header. */
  readonly offset: number;
  readonly pages: Page[];
  bytes: number;
}

/**
 * Where appended records wait for the disk. Pages are reused once their group is written, so that a steady run
 * allocates nothing; a record larger than a page has one of its own.
 */
export class GroupBuffer {
  readonly #fingerprint: string;
  readonly #pageBytes: number;
  readonly #segmentBytes: number;
  readonly #free: Page[] = [];
  #group: Group | undefined;
  #segment: number;
  /** Where in the segment the next frame goes; 0 before the segment has a header. */
  #offset = 0;
  #seed = 0;

  constructor(options: {
    fingerprint: string;
    firstSegment: number;
    pageBytes: number;
    segmentBytes: number;
  }) {
    this.#fingerprint = options.fingerprint;
    this.#segment = options.firstSegment;
    this.#pageBytes = options.pageBytes;
    this.#segmentBytes = options.segmentBytes;
  }

  /** Bytes that wait in the open group. */
  get bytes(): number {
    return this.#group?.bytes ?? 0;
  }

  /** Copies one frame in; returns the bytes it takes. */
  add(kind: number, payload: Uint8Array): number {
    const group = this.#group ?? this.#open();
    return this.#put(group, kind, payload);
  }

  /** Starts a group without records, which proves on disk that everything in front of it is durable. */
  addMark(): void {
    if (!this.#group) this.#open();
  }

  /** Closes the open group; the next record starts another. */
  take(): Group | undefined {
    const group = this.#group;
    this.#group = undefined;
    return group;
  }

  /** Gives the memory of a written group back. */
  recycle(group: Group): void {
    for (const page of group.pages) {
      if (page.bytes.byteLength !== this.#pageBytes || this.#free.length >= freePages) continue;
      page.used = 0;
      this.#free.push(page);
    }
  }

  #open(): Group {
    if (this.#offset >= this.#segmentBytes) {
      this.#segment++;
      this.#offset = 0;
    }
    const group: Group = { segment: this.#segment, offset: this.#offset, pages: [], bytes: 0 };
    this.#group = group;
    if (this.#offset === 0) {
      const header = segmentHeader(this.#fingerprint, this.#segment);
      const page = this.#room(group, segmentHeaderBytes);
      page.bytes.set(header, page.used);
      this.#seed = frameSeed(header);
      this.#advance(group, page, segmentHeaderBytes);
    }
    this.#put(group, frameKinds.group, nothing);
    return group;
  }

  #put(group: Group, kind: number, payload: Uint8Array): number {
    const payloadBytes = payload.byteLength;
    const frameBytes = frameHeaderBytes + pad8(payloadBytes);
    const page = this.#room(group, frameBytes);
    const { bytes, view, used } = page;
    bytes.set(payload, used + frameHeaderBytes);
    bytes.fill(0, used + frameHeaderBytes + payloadBytes, used + frameBytes);
    sealFrame(bytes, view, used, { kind, payloadBytes, offset: this.#offset, seed: this.#seed });
    this.#advance(group, page, frameBytes);
    return frameBytes;
  }

  #room(group: Group, bytes: number): Page {
    const last = group.pages.at(-1);
    if (last && last.used + bytes <= last.bytes.byteLength) return last;
    const page = bytes <= this.#pageBytes ? (this.#free.pop() ?? newPage(this.#pageBytes)) : newPage(bytes);
    group.pages.push(page);
    return page;
  }

  #advance(group: Group, page: Page, bytes: number): void {
    page.used += bytes;
    group.bytes += bytes;
    this.#offset += bytes;
  }
}

const freePages = 4;
const nothing = new Uint8Array(0);

function newPage(bytes: number): Page {
  const memory = new Uint8Array(bytes);
  return { bytes: memory, view: new DataView(memory.buffer), used: 0 };
}
