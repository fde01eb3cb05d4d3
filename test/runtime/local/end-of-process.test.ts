import { describe, expect, test } from 'vitest';
import type { Sighting } from '../../../src/process/beacon/reader.js';
import { lossOf, type ProcessEnd } from '../../../src/runtime/local/end-of-process.js';

const running: Sighting = {
  ...{ slot: 0, starts: 9, first: 7, count: 1, begunMs: 1_000, signs: 0 },
  progress: undefined,
};
const limits = { timeoutMs: 2_000, stallMs: 900_000 };
const natural: ProcessEnd = {
  end: { code: null, signal: 'SIGSEGV' },
  isOutOfMemory: false,
  endedMs: 3_100,
  memoryLimitBytes: Number.POSITIVE_INFINITY,
  running: [running],
  errorLines: [],
};

function overdue(kind: 'timeout' | 'stall', sighting = running): ProcessEnd {
  const cause = {
    kind: 'overdue',
    overdue: { kind, sighting, ranMs: 2_050, silentMs: 1_500 },
    limits,
  } as const;
  return { ...natural, cause, running: [sighting] };
}

describe('a process that ended by itself', () => {
  test.each([
    ['by a signal', { code: null, signal: 'SIGSEGV' } as const, 'was ended by SIGSEGV'],
    ['by an exit', { code: 3, signal: null }, 'exited with code 3'],
  ])('%s leaves the case that was running under suspicion, without a verdict', (_, end, how) => {
    expect(lossOf({ ...natural, end })).toEqual({ how, ranMs: 2_100, running: [{ first: 7, count: 1 }] });
  });

  test('while nothing ran suspects nothing; unseen, it says so by silence', () => {
    expect(lossOf({ ...natural, running: [] })).toEqual({ how: 'was ended by SIGSEGV', running: [] });
    expect(lossOf({ ...natural, running: undefined })).toEqual({ how: 'was ended by SIGSEGV' });
  });

  test('tells for how long the one that was running had run; of several nobody knows whose time it was', () => {
    const other = { ...running, slot: 1, first: 8 };
    expect(lossOf({ ...natural, running: [running, other] })).not.toHaveProperty('ranMs');
    expect(lossOf({ ...overdue('timeout'), running: undefined }).ranMs).toBe(2_100);
  });

  test('gives its last words as detail', () => {
    expect(lossOf({ ...natural, errorLines: ['terminate called', 'what(): x'] }).detail).toBe(
      'terminate called\nwhat(): x',
    );
  });
});

describe('a case over its time', () => {
  test('has timed out, with words in which nothing varies from run to run', () => {
    expect(lossOf(overdue('timeout'))).toEqual({
      how: 'was ended because its case took longer than 2 s',
      ranMs: 2_100,
      running: [{ first: 7, count: 1 }],
      verdict: {
        failure: { status: 'timeout', type: 'Timeout', message: 'took longer than 2 s' },
        isProven: true,
      },
      detail: 'ended after 2.0 s, no progress told',
    });
  });

  test('or without a sign of life has stalled, and says how far it was', () => {
    const loss = lossOf(overdue('stall', { ...running, progress: { fraction: 0.4, text: 'inverting' } }));
    expect(loss.verdict?.failure).toEqual({
      status: 'timeout',
      type: 'Stalled',
      message: 'gave no sign of life for 15 min',
    });
    expect(loss.detail).toBe('ended after 2.0 s, last at 40 % (inverting), silent for 1.5 s');
  });

  test('in one of several slots is blamed alone', () => {
    const other = { ...running, slot: 1, first: 30 };
    expect(lossOf({ ...overdue('timeout'), running: [running, other] }).running).toEqual([
      { first: 7, count: 1 },
    ]);
  });

  test('in a batch leaves the whole batch to be tried case by case', () => {
    const loss = lossOf(overdue('timeout', { ...running, count: 12 }));
    expect(loss.running).toEqual([{ first: 7, count: 12 }]);
    expect(loss.how).toBe('was ended because a batch of 12 cases took longer than 2 s each');
  });
});

describe('a case over its time whose heap was full', () => {
  test('needed more memory where the process says so before it ends, though it had run too long by then', () => {
    const end = { code: null, signal: 'SIGABRT' } as const;
    const loss = lossOf({ ...overdue('timeout'), end, isOutOfMemory: true, memoryLimitBytes: 3e8 });
    expect(loss.verdict?.failure.message).toBe('needed more memory than 300 MB');
    expect(loss.detail).toBe('ended after 2.0 s, no progress told');
  });

  test('has timed out where it says nothing, and tells how close to its limit it was', () => {
    const memory = { bytes: 2.7e8, parts: [{ pid: 12, name: 'node', bytes: 2.7e8 }] };
    const ended = overdue('timeout');
    const cause = { ...ended.cause, memory } as ProcessEnd['cause'] & {};
    const loss = lossOf({ ...ended, cause });
    expect(loss.verdict?.failure.type).toBe('Timeout');
    expect(loss.detail).toBe(
      'ended after 2.0 s, no progress told\nclose to its memory limit: resident 270 MB: node (12) 270 MB',
    );
  });
});

describe('too much memory', () => {
  const memory = { bytes: 3e9, parts: [{ pid: 12, name: 'node', bytes: 3e9 }] };
  const seen = (starts: number) => ({ ...running, starts });

  test.each([
    [1, true],
    [2, true],
    [3, false],
  ])('in start %d of a process is proven to be its case: %s', (starts, isProven) => {
    const cause = { kind: 'memory', limitBytes: 2e9, memory, running: [seen(starts)] } as const;
    expect(lossOf({ ...natural, cause })).toEqual({
      how: 'was ended because it used more memory than 2 GB',
      ranMs: 2_100,
      running: [{ first: 7, count: 1 }],
      verdict: {
        failure: {
          status: 'failed',
          type: 'OutOfMemory',
          message: 'needed more memory than 2 GB',
          memoryBytes: 2e9,
        },
        isProven,
      },
      detail: 'resident 3 GB: node (12) 3 GB',
    });
  });

  test('that the system or the process itself found has no limit to name', () => {
    expect(lossOf({ ...natural, isOutOfMemory: true }).verdict?.failure.message).toBe(
      'needed more memory than this machine has',
    );
  });
});
