import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decode, encode } from '../../src/codec/msgpack.js';

describe('MessagePack', () => {
  test('keeps every bit of a Float64Array, wherever the array lies in its buffer', () => {
    const array = fc.tuple(fc.float64Array({ maxLength: 20 }), fc.nat({ max: 3 }));
    fc.assert(
      fc.property(array, ([values, skipped]) => {
        const part = values.subarray(Math.min(skipped, values.length));
        const back = decode(encode({ part })) as { part: Float64Array };
        expect(back.part).toBeInstanceOf(Float64Array);
        expect(Buffer.from(back.part.buffer, back.part.byteOffset, back.part.byteLength)).toEqual(
          Buffer.from(part.buffer, part.byteOffset, part.byteLength),
        );
      }),
    );
  });

  test('keeps numbers, text, bytes, lists and maps', () => {
    const value = {
      numbers: [0, 1, -1, 2 ** 53, 0.1, Number.MAX_VALUE, Number.NaN, Number.POSITIVE_INFINITY],
      text: 'Ωm · 電気',
      bytes: Uint8Array.of(0, 255),
      nothing: null,
      nested: [{ deep: [true, false] }],
    };
    expect(decode(encode(value))).toEqual(value);
  });

  test('gives bytes that stay as they are when more is encoded', () => {
    const first = encode({ a: 1 });
    const copy = first.slice();
    encode({ b: 'x'.repeat(1000) });
    expect(first).toEqual(copy);
  });

  test('decodes a Float64Array out of a Buffer into memory of its own', () => {
    const bytes = Buffer.concat([Buffer.from([0]), encode(Float64Array.of(1.5, -2))]).subarray(1);
    const back = decode(bytes) as Float64Array;
    bytes.fill(0);
    expect(back).toEqual(Float64Array.of(1.5, -2));
  });
});
