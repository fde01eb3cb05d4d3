import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encode } from '../../src/codec/msgpack.js';
import type { CaseFailure } from '../../src/messages/loss.js';
import type { Assignment, Digest, Message, Welcome } from '../../src/messages/message.js';
import {
  assignmentBytes,
  decodeMessage,
  encodeMessage,
  headerBytes,
  messageBytes,
  writeAssignment,
  writeHeader,
} from '../../src/messages/wire.js';
import { studyOf } from '../store/support.js';

const text = fc.string({ unit: 'binary' });

const welcome: fc.Arbitrary<Welcome> = fc.record({
  kind: fc.constant('welcome'),
  study: fc
    .record({ name: text, count: fc.nat(), values: fc.float64Array() })
    .map(({ name, count, values }) => studyOf(count, { name, shared: { values } })),
  shared: fc.oneof(fc.constant(null), fc.float64Array()),
  form: fc.constantFrom('typescript', 'c'),
  kernel: text,
  batching: fc.constantFrom('adaptive', 'single'),
});

const range = {
  first: fc.maxSafeNat(),
  count: fc.integer({ min: 1, max: 0xffff_ffff }),
  attempt: fc.integer({ min: 1, max: 0xffff }),
};

const assignment: fc.Arbitrary<Assignment> = fc.record(
  { ...range, isAlone: fc.constant(true as const) },
  { requiredKeys: ['first', 'count', 'attempt'] },
);

const greeting = { protocol: fc.nat(), build: text, host: text, pid: fc.nat(), node: text };
const member = fc.record({ worker: fc.nat(), ...greeting });
const credit = fc.record({ received: fc.nat(), held: fc.nat() });

const digest: fc.Arbitrary<Digest> = fc.record({
  blocks: fc.nat(),
  cases: fc.maxSafeNat(),
  failedBlocks: fc.nat(),
  elapsedMs: fc.double({ noNaN: true }),
  longestMs: fc.double({ noNaN: true }),
  credit,
  runs: fc.array(fc.record({ first: fc.maxSafeNat(), count: fc.maxSafeNat() }), { maxLength: 5 }),
});

const failure: fc.Arbitrary<CaseFailure> = fc.record({
  status: fc.constantFrom('failed', 'timeout'),
  type: text,
  message: text,
});

/** One arbitrary for each kind, so that a new kind without one does not compile. */
const arbitraries: { readonly [K in Message['kind']]: fc.Arbitrary<Extract<Message, { kind: K }>> } = {
  hello: fc.record(
    { kind: fc.constant('hello'), ...greeting, members: fc.array(member, { maxLength: 3 }) },
    { requiredKeys: ['kind', 'protocol', 'build', 'host', 'pid', 'node'] },
  ),
  ready: fc.record({ kind: fc.constant('ready'), kernel: text }),
  unable: fc.record(
    { kind: fc.constant('unable'), reason: text, worker: fc.nat() },
    { requiredKeys: ['kind', 'reason'] },
  ),
  results: fc.record({ kind: fc.constant('results'), bytes: fc.uint8Array() }),
  vitals: fc.record(
    { kind: fc.constant('vitals'), memoryBytes: fc.nat(), worker: fc.nat() },
    { requiredKeys: ['kind', 'memoryBytes'] },
  ),
  log: fc.record({ kind: fc.constant('log'), text, worker: fc.nat() }, { requiredKeys: ['kind', 'text'] }),
  released: fc.record(
    { kind: fc.constant('released'), ranges: fc.array(assignment, { maxLength: 20 }), credit },
    { requiredKeys: ['kind', 'ranges'] },
  ),
  bundle: fc.record({
    kind: fc.constant('bundle'),
    blocks: fc.uint8Array().map((bytes) => new Uint8Array(8 * Math.ceil(bytes.byteLength / 8))),
    digest,
  }),
  team: fc.record({ kind: fc.constant('team'), ready: fc.nat() }),
  grant: fc.record({
    kind: fc.constant('grant'),
    grants: fc.array(
      fc.record(
        {
          case: fc.maxSafeNat(),
          cores: fc.double({ min: 0, noNaN: true }),
          coreIds: fc.array(fc.nat(), { maxLength: 5 }),
          gpus: fc.array(text, { maxLength: 3 }),
        },
        { requiredKeys: ['case'] },
      ),
      { maxLength: 3 },
    ),
  }),
  leave: fc.constant({ kind: 'leave' as const }),
  joined: fc.record({ kind: fc.constant('joined'), member }),
  lost: fc.record(
    { kind: fc.constant('lost'), worker: fc.nat(), how: text, successor: fc.nat() },
    { requiredKeys: ['kind', 'worker', 'how'] },
  ),
  'given-up': fc.record({
    ...{ kind: fc.constant('given-up'), first: fc.maxSafeNat(), attempt: fc.nat() },
    failure,
    isLast: fc.boolean(),
    spent: fc.record({ worker: fc.nat(), ranMs: fc.double({ min: 0, noNaN: true }) }),
    credit,
  }),
  ended: fc.record({
    kind: fc.constant('ended'),
    loss: fc.record(
      {
        how: text,
        running: fc.array(fc.record({ first: fc.maxSafeNat(), count: fc.nat() }), { maxLength: 3 }),
        ranMs: fc.double({ min: 0, noNaN: true }),
        verdict: fc.record({ failure, isProven: fc.boolean() }),
        detail: text,
      },
      { requiredKeys: ['how'] },
    ),
    hasSuccessor: fc.boolean(),
  }),
  bye: fc.record({ kind: fc.constant('bye') }),
  welcome,
  assign: fc.record({ kind: fc.constant('assign'), ranges: fc.array(assignment, { maxLength: 20 }) }),
  refuse: fc.record({ kind: fc.constant('refuse'), reason: text }),
  stop: fc.record({ kind: fc.constant('stop') }),
  share: fc.record({
    kind: fc.constant('share'),
    ranges: fc.array(
      fc.record(
        {
          ...range,
          piece: fc.integer({ min: 1, max: 0xffff_ffff }),
          isAlone: fc.constant(true as const),
          shortageBytes: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
        },
        { requiredKeys: ['first', 'count', 'attempt', 'piece'] },
      ),
      { maxLength: 20 },
    ),
  }),
  renew: fc.record({
    kind: fc.constant('renew'),
    memoryBytes: fc.oneof(fc.maxSafeNat(), fc.constant(Number.POSITIVE_INFINITY)),
  }),
  revoke: fc.record({ kind: fc.constant('revoke') }),
  resume: fc.record({ kind: fc.constant('resume') }),
};

const anyMessage: fc.Arbitrary<Message> = fc.oneof(
  ...(Object.values(arbitraries) as fc.Arbitrary<Message>[]),
);

describe.each(Object.entries(arbitraries) as [Message['kind'], fc.Arbitrary<Message>][])(
  '%s',
  (_, messages) => {
    test('comes back as it was', () => {
      fc.assert(
        fc.property(messages, (message) => {
          expect(decodeMessage(encodeMessage(message))).toEqual(message);
        }),
        { numRuns: 50 },
      );
    });
  },
);

describe('a message', () => {
  test('is found at the front of a larger buffer, which holds an older one', () => {
    fc.assert(
      fc.property(anyMessage, fc.uint8Array(), fc.nat({ max: 7 }), (message, behind, shift) => {
        const bytes = encodeMessage(message);
        const buffer = new Uint8Array(Buffer.concat([new Uint8Array(shift), bytes, behind])).subarray(shift);
        expect(messageBytes(buffer)).toBe(bytes.byteLength);
        expect(decodeMessage(buffer)).toEqual(message);
      }),
    );
  });

  test('that is cut short is refused, wherever the cut is', () => {
    fc.assert(
      fc.property(
        anyMessage,
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (message, at) => {
          const bytes = encodeMessage(message);
          const cut = bytes.subarray(0, Math.floor(at * bytes.byteLength));
          expect(messageBytes(cut)).toBeGreaterThan(cut.byteLength);
          expect(() => decodeMessage(cut)).toThrow('expected a message of shoal');
        },
      ),
    );
  });

  test('of results is a view: nothing is copied', () => {
    const bytes = encodeMessage({ kind: 'results', bytes: Uint8Array.of(1, 2, 3) });
    const message = decodeMessage(bytes);
    bytes[headerBytes] = 9;
    expect(message).toEqual({ kind: 'results', bytes: Uint8Array.of(9, 2, 3) });
  });

  test('of assignments written in place is the same as the encoded one', () => {
    fc.assert(
      fc.property(fc.array(assignment, { maxLength: 20 }), (ranges) => {
        const bytes = new Uint8Array(headerBytes + ranges.length * assignmentBytes);
        const view = new DataView(bytes.buffer);
        writeHeader(view, 'assign', ranges.length * assignmentBytes);
        ranges.forEach(({ first, count, attempt, isAlone = false }, i) => {
          writeAssignment(view, headerBytes + i * assignmentBytes, first, count, attempt, isAlone);
        });
        expect(bytes).toEqual(encodeMessage({ kind: 'assign', ranges }));
      }),
    );
  });
});

describe('what is no message is refused', () => {
  const withBody = (kind: number, body: Uint8Array): Uint8Array => {
    const bytes = new Uint8Array(headerBytes + body.byteLength);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, kind, true);
    view.setUint32(4, body.byteLength, true);
    bytes.set(body, headerBytes);
    return bytes;
  };
  const kindOf = (message: Message): number => encodeMessage(message)[0] as number;
  const log = kindOf({ kind: 'log', text: '' });
  const assign = kindOf({ kind: 'assign', ranges: [] });

  test.each([
    ['nothing at all', new Uint8Array(0)],
    ['half a header', new Uint8Array(4)],
    ['zeros', new Uint8Array(64)],
    ['text', new TextEncoder().encode('Segmentation fault (core dumped)\n')],
    ['a kind that no version has', withBody(200, encode({}))],
    ['a kind whose lowest byte alone is one of ours', withBody(log + 0x100, encode({ text: 'x' }))],
    ['a body that is a number', withBody(log, encode(7))],
    ['a body that is a list', withBody(log, encode(['text']))],
    ['an empty body where there must be one', withBody(log, new Uint8Array(0))],
    ['assignments and a half', withBody(assign, new Uint8Array(assignmentBytes + 8))],
  ])('%s', (_, bytes) => {
    expect(() => decodeMessage(bytes)).toThrow();
  });

  test('random bytes are refused, or are a message of a known kind', () => {
    const kinds = new Set(Object.keys(arbitraries));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        let message: Message | undefined;
        try {
          message = decodeMessage(bytes);
        } catch {
          return;
        }
        expect(kinds).toContain(message.kind);
      }),
    );
  });
});
