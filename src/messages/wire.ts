/**
 * Messages as bytes. Eight bytes of header: u32 kind, u32 bytes behind the header, so that a receive into a larger
 * buffer needs no other length. Then `assign` has 16 bytes a range (f64 first, u32 count, u16 attempt, u16 1 for
 * suspects), `share` 16 more (u32 piece, u32 nothing, f64 shortage in bytes), `results` its blocks as they are, `bundle`
 * its digest behind them, everything else one MessagePack map.
 */
import { dataViewOf } from '../codec/data-view.js';
import { decode, encode } from '../codec/msgpack.js';
import { digestBytes, readBundle, writeDigest } from './bundle.js';
import type { Assignment, Message, SharedRange } from './message.js';

export const headerBytes = 8;
export const assignmentBytes = 16;
export const sharedRangeBytes = 32;

/** Above the 16 bits of an attempt. */
const aloneFlag = 0x1_0000;

const codes = {
  hello: 1,
  ready: 2,
  unable: 3,
  results: 4,
  log: 5,
  bye: 6,
  vitals: 7,
  released: 8,
  bundle: 9,
  team: 10,
  joined: 11,
  lost: 12,
  'given-up': 13,
  ended: 14,
  welcome: 16,
  assign: 17,
  refuse: 18,
  stop: 19,
  share: 20,
  revoke: 21,
  leave: 22,
  resume: 23,
  grant: 24,
  renew: 25,
} as const satisfies Record<Message['kind'], number>;

const kinds = new Map<number, Message['kind']>(
  Object.entries(codes).map(([kind, code]) => [code, kind as Message['kind']]),
);

export function encodeMessage(message: Message): Uint8Array {
  switch (message.kind) {
    case 'results': {
      const bytes = framed('results', message.bytes.byteLength);
      bytes.set(message.bytes, headerBytes);
      return bytes;
    }
    case 'assign': {
      const bytes = framed('assign', message.ranges.length * assignmentBytes);
      const view = new DataView(bytes.buffer);
      message.ranges.forEach((range, i) => {
        const { first, count, attempt, isAlone = false } = range;
        writeAssignment(view, headerBytes + i * assignmentBytes, first, count, attempt, isAlone);
      });
      return bytes;
    }
    case 'share': {
      const bytes = framed('share', message.ranges.length * sharedRangeBytes);
      const view = new DataView(bytes.buffer);
      message.ranges.forEach((range, i) => {
        writeSharedRange(view, headerBytes + i * sharedRangeBytes, range);
      });
      return bytes;
    }
    case 'bundle': {
      const { blocks, digest } = message;
      const bytes = framed('bundle', blocks.byteLength + digestBytes(digest.runs.length));
      bytes.set(blocks, headerBytes);
      writeDigest(new DataView(bytes.buffer), headerBytes + blocks.byteLength, digest);
      return bytes;
    }
    case 'bye':
    case 'stop':
    case 'leave':
    case 'revoke':
    case 'resume':
      return framed(message.kind, 0);
    case 'hello':
    case 'ready':
    case 'unable':
    case 'log':
    case 'vitals':
    case 'released':
    case 'team':
    case 'joined':
    case 'lost':
    case 'given-up':
    case 'ended':
    case 'welcome':
    case 'grant':
    case 'renew':
    case 'refuse': {
      const { kind, ...fields } = message;
      const body = encode(fields);
      const bytes = framed(kind, body.byteLength);
      bytes.set(body, headerBytes);
      return bytes;
    }
    default:
      return message satisfies never;
  }
}

/** Length of the message that begins here, header included; more than there is when it is no message. */
export function messageBytes(bytes: Uint8Array): number {
  if (bytes.byteLength < headerBytes) return headerBytes;
  // Without a DataView: this is asked of every message.
  const low = (bytes[4] as number) | ((bytes[5] as number) << 8) | ((bytes[6] as number) << 16);
  return headerBytes + low + (bytes[7] as number) * 0x100_0000;
}

/** Throws when the bytes are no message of this protocol. `results` is a view of the bytes given. */
export function decodeMessage(bytes: Uint8Array): Message {
  const end = messageBytes(bytes);
  const kind = end > bytes.byteLength ? undefined : kindOf(bytes);
  if (kind === undefined) throw foreign(bytes);
  switch (kind) {
    case 'results':
      return { kind, bytes: bytes.subarray(headerBytes, end) };
    case 'assign':
      return { kind, ranges: readAssignments(bytes) };
    case 'share':
      return { kind, ranges: readShare(bytes) };
    case 'bundle':
      return { kind, ...readBundle(bytes.subarray(headerBytes, end)) };
    case 'bye':
    case 'stop':
    case 'leave':
    case 'revoke':
    case 'resume':
      return { kind };
    case 'hello':
    case 'ready':
    case 'unable':
    case 'log':
    case 'vitals':
    case 'released':
    case 'team':
    case 'joined':
    case 'lost':
    case 'given-up':
    case 'ended':
    case 'welcome':
    case 'grant':
    case 'renew':
    case 'refuse':
      return { kind, ...fieldsOf(bytes, end) } as Message;
    default:
      return kind satisfies never;
  }
}

function kindOf(bytes: Uint8Array): Message['kind'] | undefined {
  // Every code fits into the lowest byte.
  return bytes[1] === 0 && bytes[2] === 0 && bytes[3] === 0 ? kinds.get(bytes[0] as number) : undefined;
}

function fieldsOf(bytes: Uint8Array, end: number): object {
  const fields = decode(bytes.subarray(headerBytes, end));
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) throw foreign(bytes);
  return fields;
}

function foreign(bytes: Uint8Array): Error {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, headerBytes));
  return new Error(
    `expected a message of shoal, got ${bytes.byteLength} bytes that begin with ${start.toString('hex') || 'nothing'}`,
  );
}

/** Writes a header into a buffer that is filled in place; the hot path of `assign` and `results`. */
export function writeHeader(
  view: DataView,
  kind: 'assign' | 'share' | 'results' | 'bundle',
  bodyBytes: number,
): void {
  view.setUint32(0, codes[kind], true);
  view.setUint32(4, bodyBytes, true);
}

export function writeAssignment(
  view: DataView,
  at: number,
  first: number,
  count: number,
  attempt: number,
  isAlone: boolean,
): void {
  view.setFloat64(at, first, true);
  view.setUint32(at + 8, count, true);
  view.setUint32(at + 12, isAlone ? attempt + aloneFlag : attempt, true);
}

export function writeSharedRange(view: DataView, at: number, range: SharedRange): void {
  const { first, count, attempt, piece, isAlone = false, shortageBytes = 0 } = range;
  writeAssignment(view, at, first, count, attempt, isAlone);
  view.setUint32(at + 16, piece, true);
  view.setUint32(at + 20, 0, true);
  view.setFloat64(at + 24, shortageBytes, true);
}

function readAssignments(bytes: Uint8Array): Assignment[] {
  const ranges: Assignment[] = [];
  eachAssignment(bytes, (first, count, attempt, isAlone) => {
    ranges.push({ first, count, attempt, ...(isAlone && { isAlone }) });
  });
  return ranges;
}

/** The ranges of an `assign` message, without an object for each. */
export function eachAssignment(
  bytes: Uint8Array,
  visit: (first: number, count: number, attempt: number, isAlone: boolean) => void,
): void {
  const view = dataViewOf(bytes);
  const end = messageBytes(bytes);
  if ((end - headerBytes) % assignmentBytes !== 0 || end > bytes.byteLength) throw foreign(bytes);
  for (let at = headerBytes; at < end; at += assignmentBytes) {
    const attempt = view.getUint32(at + 12, true);
    visit(view.getFloat64(at, true), view.getUint32(at + 8, true), attempt & 0xffff, attempt >= aloneFlag);
  }
}

function readShare(bytes: Uint8Array): SharedRange[] {
  const view = dataViewOf(bytes);
  const end = messageBytes(bytes);
  if ((end - headerBytes) % sharedRangeBytes !== 0 || end > bytes.byteLength) throw foreign(bytes);
  return Array.from({ length: (end - headerBytes) / sharedRangeBytes }, (_, i) => {
    const at = headerBytes + i * sharedRangeBytes;
    const attempt = view.getUint32(at + 12, true);
    const shortageBytes = view.getFloat64(at + 24, true);
    return {
      first: view.getFloat64(at, true),
      count: view.getUint32(at + 8, true),
      attempt: attempt & 0xffff,
      ...(attempt >= aloneFlag && { isAlone: true as const }),
      piece: view.getUint32(at + 16, true),
      ...(shortageBytes > 0 && { shortageBytes }),
    };
  });
}

/** True for an `assign` message. */
export function isAssign(bytes: Uint8Array): boolean {
  return bytes[0] === codes.assign;
}

/** Without decoding it. */
export function isKind(bytes: Uint8Array, kind: Message['kind']): boolean {
  return bytes[0] === codes[kind];
}

/** The blocks of a `results` message, a view of it; undefined for any other message. */
export function blocksOf(bytes: Uint8Array): Uint8Array | undefined {
  return bytes[0] === codes.results ? bytes.subarray(headerBytes, messageBytes(bytes)) : undefined;
}

function framed(kind: Message['kind'], bodyBytes: number): Uint8Array {
  const bytes = new Uint8Array(headerBytes + bodyBytes);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, codes[kind], true);
  view.setUint32(4, bodyBytes, true);
  return bytes;
}
