import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeFrame, type FrameKind, FrameReader } from '../../../src/ssh/shared/frames.js';

const kinds: readonly FrameKind[] = ['started', 'stdout', 'stderr', 'closed', 'refused'];

test('frames come out as they went in, wherever the bytes between them are cut', () => {
  const frames = fc.array(fc.tuple(fc.constantFrom(...kinds), fc.uint8Array({ maxLength: 40 })));
  fc.assert(
    fc.property(frames, fc.integer({ min: 1, max: 17 }), (all, step) => {
      const bytes = Buffer.concat(all.map(([kind, body]) => encodeFrame(kind, body)));
      const reader = new FrameReader();
      const read = [];
      for (let at = 0; at < bytes.length; at += step)
        read.push(...reader.push(bytes.subarray(at, at + step)));
      expect(read.map(({ kind, body }) => [kind, Uint8Array.from(body)])).toEqual(all);
    }),
  );
});

test('another language is not taken for frames', () => {
  expect(() => new FrameReader().push(Buffer.from('HTTP/1.1 400'))).not.toThrow();
  expect(() => new FrameReader().push(Buffer.from('H\0\0\0\0'))).toThrow('another language');
});
