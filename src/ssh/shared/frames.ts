/** What a holder of connections says of a command: a letter, the length of what follows, and that. */
export type FrameKind = 'started' | 'stdout' | 'stderr' | 'closed' | 'refused';

const letters: Readonly<Record<FrameKind, string>> = {
  started: 's',
  stdout: 'o',
  stderr: 'e',
  closed: 'c',
  refused: 'r',
};
const kinds = new Map(Object.entries(letters).map(([kind, letter]) => [letter, kind as FrameKind]));
const headBytes = 5;

export interface Frame {
  readonly kind: FrameKind;
  readonly body: Buffer;
}

export function encodeFrame(kind: FrameKind, body: Uint8Array = new Uint8Array()): Buffer {
  const frame = Buffer.allocUnsafe(headBytes + body.length);
  frame.write(letters[kind], 'latin1');
  frame.writeUInt32LE(body.length, 1);
  frame.set(body, headBytes);
  return frame;
}

/** Takes bytes as they come, gives the frames that are whole. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);

  push(bytes: Buffer): Frame[] {
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const frames: Frame[] = [];
    for (;;) {
      if (this.#rest.length < headBytes) return frames;
      const end = headBytes + this.#rest.readUInt32LE(1);
      if (this.#rest.length < end) return frames;
      const kind = kinds.get(this.#rest.toString('latin1', 0, 1));
      if (kind === undefined) throw new Error('a holder of connections speaks another language');
      frames.push({ kind, body: this.#rest.subarray(headBytes, end) });
      this.#rest = this.#rest.subarray(end);
    }
  }
}
