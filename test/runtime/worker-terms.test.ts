import { expect, test } from 'vitest';
import { isIsolated } from '../../src/kernels/isolation.js';
import {
  decodeTerms,
  encodeTerms,
  idleTerms,
  termsOf,
  type WorkerTerms,
} from '../../src/runtime/worker-terms.js';
import { defaultExecution } from '../../src/study/execution.js';
import type { KernelSource } from '../../src/study/study.js';

test.each<Partial<WorkerTerms>>([
  {},
  {
    isIsolated: true,
    timeoutMs: 2_000,
    stallMs: 5,
    memoryLimitBytes: 3e9,
    threads: 4,
    pinning: 'auto',
    gpus: 2,
  },
  { threads: 'auto', gpus: 'auto' },
])('Terms come to every rank as they were: %j', (changes) => {
  const terms = { ...idleTerms, ...changes };
  expect(decodeTerms(encodeTerms(terms))).toEqual(terms);
});

const kernel = (kind: KernelSource['kind']): KernelSource => ({ kind }) as KernelSource;

test.each([
  ['solver', 'auto', Number.POSITIVE_INFINITY, false],
  ['module', 'auto', Number.POSITIVE_INFINITY, true],
  ['library', 'auto', Number.POSITIVE_INFINITY, true],
  ['command', 'auto', Number.POSITIVE_INFINITY, false],
  // A limit of memory takes somebody who looks.
  ['solver', 'auto', 1e9, true],
  ['solver', 'process', Number.POSITIVE_INFINITY, true],
  ['module', 'inline', 1e9, false],
] as const)(
  'A %s with isolation %s and %d bytes lives in a process of its own: %s',
  (kind, isolation, bytes, expected) => {
    const execution = { ...defaultExecution, isolation, memoryLimitBytes: bytes };
    expect(isIsolated({ execution, kernel: kernel(kind) })).toBe(expected);
  },
);

test('A kernel that keeps its own time is given more before its process is ended', () => {
  const execution = { ...defaultExecution, timeoutMs: 1_000, stallMs: 500 };
  expect(termsOf({ execution, kernel: kernel('module') })).toMatchObject({ timeoutMs: 1_000, stallMs: 500 });
  const { timeoutMs, stallMs } = termsOf({ execution, kernel: kernel('command') });
  expect(timeoutMs).toBeGreaterThan(10_000);
  expect(stallMs).toBe(Number.POSITIVE_INFINITY);
});
