import { Decoder, Encoder, ExtensionCodec } from '@msgpack/msgpack';

/** Typed arrays of Float64 cross as extension 1, raw little-endian, so that numbers keep all their bits and need no loop. */
const extensionCodec = new ExtensionCodec();
extensionCodec.register({
  type: 1,
  encode: (value) =>
    value instanceof Float64Array
      ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice()
      : null,
  // A copy, and a Uint8Array even of a Buffer, whose slice would be a view of memory it shares.
  decode: (data) => new Float64Array(new Uint8Array(data).buffer),
});

const encoder = new Encoder({ extensionCodec, useBigInt64: false });
const decoder = new Decoder({ extensionCodec });

/** MessagePack of any plain value; Float64Array keeps its type, Uint8Array is binary. The bytes are the caller's. */
export function encode(value: unknown): Uint8Array {
  return encoder.encode(value);
}

export function decode(bytes: Uint8Array): unknown {
  return decoder.decode(bytes);
}
