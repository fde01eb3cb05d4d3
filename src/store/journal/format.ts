/**
 * How a journal lies on disk. Every number is little-endian, every frame starts at a multiple of 8 bytes.
 *
 * A segment is a file `NNNNNN.log`: a header, then frames without gaps.
 *
 *   header, 64 bytes                          frame, 16 bytes and its payload
 *    0  8 bytes  "shoaljnl"                    0  u32  CRC-32 of everything behind it in the frame
 *    8  u32      schema version                4  u16  frame mark
 *   12  u32      number of the segment         6  u16  kind
 *   16  32 bytes fingerprint of the study      8  u32  bytes of the payload, without padding
 *   48  12 bytes zero                         12  u32  position of the frame in its segment, in units of 8
 *   60  u32      CRC-32 of the 60 before      16  payload, padded with zeros to a multiple of 8
 *
 * The CRC of a frame continues the header's. A frame is therefore valid only in its own segment, at its own place:
 * a journal that somebody's payload contains, or a block of another file that a crash left behind, is never read.
 *
 * Frames are committed in groups, and a group starts with a frame of kind `group`. It is written after the group
 * before it was synchronised, so its presence proves that everything in front of it was once durable: a bad frame
 * in front of one is damage, while a bad frame behind the last one is the torn end of a crash.
 */
import { crc32 } from 'node:zlib';

export const journalSchemaVersion = 1;
export const segmentHeaderBytes = 64;
export const frameHeaderBytes = 16;
export const frameMark = 0x5346;

/**
 * What a frame carries; the payload of `group` is empty.
 *
 * - `session`: MessagePack of whatever the runtime says of the start and the end of a session
 * - `assign`: cases handed out, see `encodeAssignments`
 * - `results`: result blocks (codec/block) back to back
 * - `withdraw`: cases whose results so far no longer count, see `encodeRanges`
 * - `retry`: result blocks as in `results`, and which of their cases did not complete and are tried again, see
 *   `encodeRetries`. One frame, so that no crash can separate the failure from its not being the last word
 * - `crash`: a worker died of a case that it computed alone, see `encodeCrash`
 * - `void`: a damaged stretch that salvage has fenced off; its payload is what was found there
 */
export const frameKinds = {
  group: 0,
  session: 1,
  assign: 2,
  results: 3,
  withdraw: 4,
  void: 5,
  // Programs that do not know these two pass over them, and compute their cases again as if for the first time.
  retry: 6,
  crash: 7,
} as const;

export type FrameKind = keyof typeof frameKinds;
export type RecordKind = Exclude<FrameKind, 'group' | 'void'>;

const kindNames = new Map<number, FrameKind>(
  Object.entries(frameKinds).map(([name, code]) => [code, name as FrameKind]),
);

/** Name of a frame's kind; undefined for a kind of a later version. */
export function kindName(code: number): FrameKind | undefined {
  return kindNames.get(code);
}

export const pad8 = (bytes: number): number => Math.ceil(bytes / 8) * 8;

export function segmentName(number: number): string {
  return `${String(number).padStart(6, '0')}.log`;
}

/** Number in a segment's file name; undefined for any other file. */
export function segmentNumber(name: string): number | undefined {
  const match = /^(\d{6,})\.log$/.exec(name);
  return match ? Number(match[1]) : undefined;
}

/** The header that this segment of this study has: it holds nothing else, so a damaged one can be made again. */
export function segmentHeader(fingerprint: string, number: number): Uint8Array {
  const bytes = new Uint8Array(segmentHeaderBytes);
  const view = new DataView(bytes.buffer);
  bytes.set(magic, 0);
  view.setUint32(8, journalSchemaVersion, true);
  view.setUint32(12, number, true);
  bytes.set(fingerprintBytes(fingerprint), 16);
  view.setUint32(60, crc32(bytes.subarray(0, 60)), true);
  return bytes;
}

/** What frames of a segment start their CRC from. */
export function frameSeed(header: Uint8Array): number {
  return new DataView(header.buffer, header.byteOffset).getUint32(60, true);
}

export type HeaderReading =
  | { readonly kind: 'segment'; readonly schemaVersion: number; readonly number: number; fingerprint: string }
  | { readonly kind: 'damaged' };

export function readSegmentHeader(bytes: Uint8Array): HeaderReading {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isWhole =
    bytes.byteLength >= segmentHeaderBytes &&
    magic.every((byte, i) => bytes[i] === byte) &&
    view.getUint32(60, true) === crc32(bytes.subarray(0, 60));
  if (!isWhole) return { kind: 'damaged' };
  return {
    kind: 'segment',
    schemaVersion: view.getUint32(8, true),
    number: view.getUint32(12, true),
    fingerprint: Buffer.from(bytes.subarray(16, 48)).toString('hex'),
  };
}

/** Writes the header of a frame whose payload and padding already lie behind it in `bytes`. */
export function sealFrame(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  frame: { kind: number; payloadBytes: number; offset: number; seed: number },
): void {
  view.setUint32(at + 4, frameMark | (frame.kind << 16), true);
  view.setUint32(at + 8, frame.payloadBytes, true);
  view.setUint32(at + 12, frame.offset / 8, true);
  const end = at + frameHeaderBytes + pad8(frame.payloadBytes);
  view.setUint32(at, crc32(bytes.subarray(at + 4, end), frame.seed), true);
}

const magic = new TextEncoder().encode('shoaljnl');

function fingerprintBytes(fingerprint: string): Uint8Array {
  const bytes = Buffer.from(fingerprint, 'hex');
  if (bytes.byteLength !== 32) {
    throw new TypeError(`a fingerprint is 64 hexadecimal digits, not "${fingerprint}"`);
  }
  return bytes;
}
