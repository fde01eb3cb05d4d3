import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { EnvironmentError } from '../../../src/errors/environment-error.js';
import type { RecordKind } from '../../../src/store/journal/format.js';
import { openJournal } from '../../../src/store/journal/open.js';
import { readJournal } from '../../../src/store/journal/read.js';
import { recordSkip } from '../../skips.js';
import { fingerprint, otherFingerprint, recordsOf, temporaryFolder } from '../support.js';

/** The kinds whose payload opening looks into only as far as it understands it. */
const recordKinds: RecordKind[] = ['assign', 'withdraw', 'assign', 'withdraw'];

test('A journal gives back what was appended, byte for byte and in order, over sessions, groups and segments', async () => {
  const record = fc.record({
    kind: fc.constantFrom<RecordKind>('assign', 'withdraw'),
    bytes: fc.uint8Array({ maxLength: 200 }),
    flush: fc.boolean(),
  });
  const sessions = fc.array(fc.array(record, { maxLength: 12 }), { minLength: 1, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(sessions, fc.constantFrom(64, 256, 1 << 20), async (sessionRecords, segmentBytes) => {
      const dir = temporaryFolder();
      for (const records of sessionRecords) {
        const { journal } = openJournal(dir, { fingerprint, segmentBytes, groupBytes: 128 });
        for (const { kind, bytes, flush } of records) {
          journal.append(kind, bytes);
          if (flush) await journal.flush();
        }
        await journal.close();
      }
      const expected = sessionRecords
        .flat()
        .map(({ kind, bytes }) => ({ kind, hex: Buffer.from(bytes).toString('hex') }));
      expect(recordsOf(dir)).toEqual(expected);
    }),
    { numRuns: 25 },
  );
});

test('Positions grow with each record and become durable with a flush', async () => {
  const { journal } = openJournal(temporaryFolder(), { fingerprint, groupMs: 3_600_000 });
  await journal.flush();
  const heard: number[] = [];
  journal.onDurable((position) => heard.push(position));
  const first = journal.append('results', new Uint8Array(40));
  const second = journal.append('results', new Uint8Array(8));
  expect(second).toBeGreaterThan(first);
  expect(journal.appended).toBe(second);
  expect(journal.durable).toBeLessThan(second);
  expect(journal.backlogBytes).toBe(second - journal.durable);
  await journal.flush();
  expect(journal.durable).toBe(second);
  expect(journal.backlogBytes).toBe(0);
  expect(heard.at(-1)).toBe(second);
  await journal.close();
  expect(() => journal.append('results', new Uint8Array(8))).toThrow('closed');
});

test('A record is committed by itself when nobody asks for it', async () => {
  const { journal } = openJournal(temporaryFolder(), { fingerprint, groupMs: 1 });
  const durable = new Promise<number>((resolve) => journal.onDurable(resolve));
  const position = journal.append('results', new Uint8Array(40));
  expect(await durable).toBe(position);
  await journal.close();
});

test('A group is committed once it holds as many results as asked for, and not before', async () => {
  const { journal } = openJournal(temporaryFolder(), {
    fingerprint,
    groupMs: Number.POSITIVE_INFINITY,
    groupCases: 5,
  });
  const committed: number[] = [];
  journal.onDurable((position) => committed.push(position));
  const turn = () => new Promise((resolve) => setTimeout(resolve, 20));
  journal.append('assign', new Uint8Array(16));
  journal.append('results', new Uint8Array(40), 4);
  await turn();
  expect(committed).toEqual([]);
  const fifth = journal.append('results', new Uint8Array(40), 1);
  // While that is written, the next ones gather; they are enough by themselves.
  journal.append('results', new Uint8Array(40), 2);
  const tenth = journal.append('results', new Uint8Array(40), 3);
  await expect.poll(() => committed).toEqual([fifth, tenth]);
  journal.append('results', new Uint8Array(40), 4);
  await turn();
  expect(committed).toHaveLength(2);
  await journal.close();
  expect(committed).toHaveLength(3);
});

test('A session that appends nothing leaves no file', async () => {
  const dir = temporaryFolder();
  await openJournal(dir, { fingerprint }).journal.close();
  expect(readdirSync(dir)).toEqual([]);
});

test('A journal cut at any byte opens again, keeps a prefix of whole records and says what it cut', async () => {
  const whole = temporaryFolder();
  const { journal } = openJournal(whole, { fingerprint });
  for (let i = 0; i < 4; i++) {
    journal.append(recordKinds[i]!, payload(i));
    if (i % 2 === 1) await journal.flush();
  }
  await journal.close();
  const records = recordsOf(whole);
  const bytes = readFileSync(join(whole, '000001.log'));
  expect(records).toHaveLength(4);
  const seen = new Set<number>();
  for (let length = 0; length <= bytes.byteLength; length++) {
    const dir = temporaryFolder();
    const file = join(dir, '000001.log');
    writeFileSync(file, bytes.subarray(0, length));
    const readable = recordsOf(dir);
    expect(readable).toEqual(records.slice(0, readable.length));
    seen.add(readable.length);

    const { journal: again, recovery } = openJournal(dir, { fingerprint, groupBytes: 4096 });
    again.append('assign', payload(9));
    await again.close();
    expect(recovery.lost).toEqual([]);
    const left = (recovery.cut?.offset ?? length) + (recovery.cut?.bytes ?? 0);
    expect(left).toBe(length);
    expect(recordsOf(dir)).toEqual([...readable, { kind: 'assign', hex: hex(payload(9)) }]);
  }
  expect(seen).toEqual(new Set([0, 1, 2, 3, 4]));
});

test('A flipped byte anywhere in front of durable data is refused with file and position, and changes nothing', async () => {
  const dir = temporaryFolder();
  const { journal } = openJournal(dir, { fingerprint });
  for (let i = 0; i < 4; i++) journal.append('results', payload(i));
  await journal.close();
  const file = join(dir, '000001.log');
  const { size } = statSync(file);
  for (let at = 0; at < size - 16; at++) {
    flip(file, at);
    let error: unknown;
    try {
      openJournal(dir, { fingerprint });
    } catch (thrown) {
      error = thrown;
    }
    expect(error, `byte ${at}`).toMatchObject({ name: 'JournalDamage', file });
    expect((error as { offset: number }).offset).toBeLessThanOrEqual(at);
    expect(() => recordsOf(dir)).toThrow('000001.log');
    expect(statSync(file).size).toBe(size);
    flip(file, at);
  }
  expect(recordsOf(dir)).toHaveLength(4);
});

test('Salvage goes on with what is whole, says what is lost, and leaves a journal that reads without it', async () => {
  const dir = temporaryFolder();
  const { journal } = openJournal(dir, { fingerprint });
  for (let i = 0; i < 5; i++) journal.append('results', payload(i));
  await journal.close();
  const file = join(dir, '000001.log');
  // Behind the header of 64 and the group mark of 16, each record takes 16 and its payload.
  const second = 64 + 16 + 16 + payload(0).byteLength;
  flip(file, second + 20);
  const { journal: again, recovery } = openJournal(dir, { fingerprint, salvage: true });
  await again.close();
  expect(recovery.lost).toEqual([{ file, offset: second, bytes: 16 + payload(1).byteLength }]);
  expect(recordsOf(dir).map(({ hex }) => hex)).toEqual([0, 2, 3, 4].map((i) => hex(payload(i))));
});

test('A segment that is cut or missing in front of another is refused, and salvage goes on behind it', async () => {
  for (const harm of ['cut', 'missing', 'header'] as const) {
    const dir = temporaryFolder();
    for (let session = 0; session < 3; session++) {
      const { journal } = openJournal(dir, { fingerprint });
      journal.append('results', payload(session));
      await journal.close();
    }
    const file = join(dir, '000002.log');
    if (harm === 'cut') truncateSync(file, 100);
    if (harm === 'missing') rmSync(file);
    if (harm === 'header') flip(file, 3);
    expect(() => openJournal(dir, { fingerprint })).toThrow('000002.log');
    expect(() => recordsOf(dir)).toThrow('000002.log');
    const { recovery, journal } = openJournal(dir, { fingerprint, salvage: true });
    await journal.close();
    expect(recovery.lost).toHaveLength(1);
    const kept = harm === 'header' ? [0, 1, 2] : [0, 2];
    expect(recordsOf(dir).map(({ hex }) => hex)).toEqual(kept.map((i) => hex(payload(i))));
  }
});

test('Segments of another study, of another place and of a newer version are refused', async () => {
  const dir = temporaryFolder();
  const { journal } = openJournal(dir, { fingerprint });
  journal.append('results', payload(0));
  await journal.close();
  expect(() => openJournal(dir, { fingerprint: otherFingerprint })).toThrow('another study');
  expect(() => openJournal(dir, { fingerprint: otherFingerprint, salvage: true })).toThrow('another study');
  const bytes = readFileSync(join(dir, '000001.log'));
  writeFileSync(join(dir, '000002.log'), bytes);
  expect(() => openJournal(dir, { fingerprint })).toThrow('segment 1 of the journal, expected 2');
});

test('A journal inside a payload is not mistaken for the journal itself', async () => {
  const inner = temporaryFolder();
  const first = openJournal(inner, { fingerprint }).journal;
  for (let i = 0; i < 3; i++) first.append('results', payload(i));
  await first.close();
  const bytes = readFileSync(join(inner, '000001.log'));

  const dir = temporaryFolder();
  const { journal } = openJournal(dir, { fingerprint });
  journal.append('assign', payload(7));
  journal.append('assign', bytes);
  await journal.flush();
  await journal.close();
  const file = join(dir, '000001.log');
  // The end of the outer record is torn off, so that the inner frames are all that follows a bad frame.
  truncateSync(file, statSync(file).size - 24);
  expect(recordsOf(dir)).toEqual([{ kind: 'assign', hex: hex(payload(7)) }]);
});

test('Thousands of records that wait behind one slow write all become durable', async () => {
  const dir = temporaryFolder();
  const { journal } = openJournal(dir, { fingerprint, groupBytes: 4096 });
  for (let i = 0; i < 3_000; i++) journal.append('results', payload(i % 5));
  journal.append('results', new Uint8Array(100_000).fill(7));
  await journal.close();
  expect(recordsOf(dir)).toHaveLength(3_001);
});

test('A folder that cannot be made is an error of the environment with its name', () => {
  const file = join(temporaryFolder(), 'file');
  writeFileSync(file, '');
  expect(() => openJournal(join(file, 'journal'), { fingerprint })).toThrow(EnvironmentError);
  expect(() => openJournal(join(file, 'journal'), { fingerprint })).toThrow(file);
});

test('Records larger than what is read at once come back whole, among small ones', async () => {
  const dir = temporaryFolder();
  const { journal } = openJournal(dir, { fingerprint });
  const sizes = [8, 1_500_000, 3_000_000, 24, 9_000_001, 16, 1_500_000];
  const records = sizes.map((size, i) => Uint8Array.from({ length: size }, (_, j) => (j * 7 + i) & 0xff));
  for (const record of records) journal.append('assign', record);
  await journal.close();
  const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
  const read = Array.from(readJournal(dir, fingerprint), ({ bytes }) => hash(bytes));
  expect(read).toEqual(records.map(hash));
});

test('A journal can be read while it is written, and shows whole records up to some moment', async () => {
  const dir = temporaryFolder();
  const { journal } = openJournal(dir, { fingerprint, groupMs: 0, groupBytes: 1024, segmentBytes: 20_000 });
  let seen = 0;
  for (let i = 0; i < 400; i++) {
    for (let k = 0; k < 4; k++) journal.append('assign', payload(k));
    await new Promise((resolve) => setImmediate(resolve));
    if (i % 20 !== 0) continue;
    const records = recordsOf(dir);
    expect(records.map(({ hex }) => hex)).toEqual(records.map((_, n) => hex(payload(n % 4))));
    expect(records.length).toBeGreaterThanOrEqual(seen);
    seen = records.length;
  }
  await journal.close();
  expect(recordsOf(dir)).toHaveLength(1_600);
  expect(readdirSync(dir).length).toBeGreaterThan(1);
});

test('An owner that was replaced is told so at its next commit and writes nothing', async () => {
  const dir = temporaryFolder();
  const checkOwner = () => {
    throw new EnvironmentError('taken over');
  };
  const { journal } = openJournal(dir, { fingerprint, checkOwner });
  journal.append('results', payload(0));
  await expect(journal.flush()).rejects.toThrow('taken over');
  expect(() => journal.append('results', payload(0))).toThrow('taken over');
  await journal.close();
  expect(readdirSync(dir)).toEqual([]);
});

test('A full disk is an error that says so, keeps what was durable, and goes on once there is room', async () => {
  const dir = temporaryFolder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', dir], { stdio: 'ignore' });
  } catch {
    recordSkip('full disk: mounting a small file system needs root');
    return;
  }
  onTestFinished(() => void execFileSync('umount', ['-l', dir]));
  const folder = join(dir, 'journal');
  mkdirSync(folder);
  const { journal } = openJournal(folder, { fingerprint });
  const errors: EnvironmentError[] = [];
  journal.onError((error) => errors.push(error));
  let kept = 0;
  await expect(
    (async () => {
      for (;;) {
        journal.append('results', new Uint8Array(10_000).fill(kept));
        await journal.flush();
        kept++;
      }
    })(),
  ).rejects.toThrow('no space is left');
  expect(errors).toHaveLength(1);
  expect(errors[0]).toBeInstanceOf(EnvironmentError);
  expect(() => journal.append('results', payload(0))).toThrow('no space is left');
  await journal.close();
  expect(kept).toBeGreaterThan(10);
  expect(recordsOf(folder)).toHaveLength(kept);

  execFileSync('mount', ['-o', 'remount,size=1m', dir]);
  const { journal: again, recovery } = openJournal(folder, { fingerprint });
  expect(recovery).toEqual({ cut: undefined, lost: [] });
  again.append('results', payload(1));
  await again.close();
  expect(recordsOf(folder)).toHaveLength(kept + 1);
});

function payload(i: number): Uint8Array {
  return Uint8Array.from({ length: 8 + 8 * i }, (_, j) => (i * 31 + j) & 0xff);
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function flip(file: string, at: number): void {
  const bytes = readFileSync(file);
  bytes[at] = bytes[at]! ^ 0x40;
  writeFileSync(file, bytes);
}
