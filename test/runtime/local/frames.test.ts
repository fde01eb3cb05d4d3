import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FrameReader, framePrefixBytes, writePrefix } from '../../../src/runtime/local/frames.js';

function frame(message: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(framePrefixBytes + message.byteLength);
  writePrefix(bytes, message.byteLength);
  bytes.set(message, framePrefixBytes);
  return bytes;
}

/** What a reader makes of a stream that comes in these pieces. */
function read(pieces: Iterable<Uint8Array>): Uint8Array[] {
  const messages: Uint8Array[] = [];
  const reader = new FrameReader((bytes) => messages.push(bytes.slice()));
  for (const piece of pieces) reader.push(piece);
  return messages;
}

function* cut(stream: Uint8Array, sizes: Iterable<number>): Generator<Uint8Array> {
  let at = 0;
  for (const size of sizes) {
    // A copy that is overwritten behind it: a stream's chunk may be reused once it is handed over.
    const piece = stream.slice(at, at + size);
    yield piece;
    piece.fill(0xee);
    at += size;
  }
  yield stream.slice(at);
}

describe('a stream of frames', () => {
  test('gives the same messages however it is cut into pieces', () => {
    const messages = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 12 });
    fc.assert(
      fc.property(messages, fc.infiniteStream(fc.nat({ max: 200 })), (sent, sizes) => {
        const stream = new Uint8Array(Buffer.concat(sent.map(frame)));
        const pieces: number[] = [];
        for (let sum = 0; sum < stream.byteLength && pieces.length < 1000; ) {
          const size = sizes.next().value as number;
          pieces.push(size);
          sum += size;
        }
        expect(read(cut(stream, pieces))).toEqual(sent);
      }),
    );
  });

  test('gives the same messages when every byte comes alone', () => {
    const sent = [Uint8Array.of(), Uint8Array.of(1), new Uint8Array(40).fill(7)];
    const stream = new Uint8Array(Buffer.concat(sent.map(frame)));
    expect(read(cut(stream, new Array<number>(stream.byteLength).fill(1)))).toEqual(sent);
  });

  test('carries a message far larger than a pipe holds, between small ones', () => {
    const large = Uint8Array.from({ length: 3_000_001 }, (_, i) => i * 7);
    const sent = [Uint8Array.of(1), large, Uint8Array.of(2)];
    const stream = new Uint8Array(Buffer.concat(sent.map(frame)));
    const got = read(cut(stream, new Array<number>(50).fill(65_536)));
    expect(got.map(({ byteLength }) => byteLength)).toEqual([1, large.byteLength, 1]);
    expect(Buffer.compare(got[1]!, large)).toBe(0);
  });

  test('that ends in the middle of a frame gives only the whole ones', () => {
    const stream = new Uint8Array(Buffer.concat([frame(Uint8Array.of(1, 2)), frame(new Uint8Array(9))]));
    for (let end = 0; end < stream.byteLength; end++) {
      const whole = end >= framePrefixBytes + 2 ? [Uint8Array.of(1, 2)] : [];
      expect(read([stream.subarray(0, end)])).toEqual(whole);
    }
  });
});

describe('bytes that are no frames', () => {
  test.each([
    ['a line of text', new TextEncoder().encode('hello from a library that prints\n')],
    ['zeros', new Uint8Array(16)],
    ['a length that no message has', Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x53, 0x48, 0x4f, 0x4c)],
  ])('are refused, and shown: %s', (_, bytes) => {
    expect(() => read([bytes])).toThrow('expected a framed message, got bytes that begin with');
  });

  test('are refused between two frames as well, after the first is handed on', () => {
    const messages: Uint8Array[] = [];
    const reader = new FrameReader((bytes) => messages.push(bytes.slice()));
    const print = new TextEncoder().encode('warning: 3 iterations');
    expect(() => reader.push(Buffer.concat([frame(Uint8Array.of(5)), print]))).toThrow('warning: 3');
    expect(messages).toEqual([Uint8Array.of(5)]);
  });

  test('hold back no judgement until a kilobyte has come: the first eight bytes decide', () => {
    expect(() => read([new TextEncoder().encode('Aborted\n')])).toThrow('Aborted');
  });
});
