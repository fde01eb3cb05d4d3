import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Block, type CaseStatus, encodeBlock } from '../../src/codec/block.js';
import type { ColumnSpec } from '../../src/codec/columns.js';
import type { RecordKind } from '../../src/store/journal/format.js';
import { readJournal } from '../../src/store/journal/read.js';
import { defaultExecution } from '../../src/study/execution.js';
import type { Study } from '../../src/study/study.js';

export const fingerprint = 'a5'.repeat(32);
export const otherFingerprint = '5a'.repeat(32);

/** In memory where that is possible: these tests synchronise thousands of files. */
const root = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** A folder that goes when the test ends. */
export function temporaryFolder(): string {
  const dir = mkdtempSync(join(root, 'shoal-test-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** Every record of a journal as text, so that two journals can be compared with one `toEqual`. */
export function recordsOf(dir: string, study = fingerprint): { kind: RecordKind; hex: string }[] {
  return Array.from(readJournal(dir, study), ({ kind, bytes }) => ({
    kind,
    hex: Buffer.from(bytes).toString('hex'),
  }));
}

export const valueSpec: ColumnSpec = { name: 'value', dtype: 'float64', shape: [] };

/** A block whose case `i` has the value `i + shift`; cases in `failed` failed. */
export function block(
  first: number,
  count: number,
  options: { shift?: number; worker?: number; attempt?: number; failed?: number[]; status?: CaseStatus } = {},
): Uint8Array {
  const { shift = 0, worker = 1, attempt = 1, failed = [], status = 'failed' } = options;
  const result: Block = {
    first,
    count,
    startedMs: 1_700_000_000_000,
    elapsedMs: 12.5,
    worker,
    attempt,
    columns: { value: Float64Array.from({ length: count }, (_, i) => first + i + shift) },
    failures: failed.map((index) => ({
      offset: index - first,
      status: status === 'completed' ? 'failed' : status,
      type: 'InvalidModel',
      message: `case ${index} has no solution`,
    })),
  };
  return encodeBlock([valueSpec], result);
}

export function joined(...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** A study of `count` cases that nothing computes; for what is stored about one. */
export function studyOf(count: number, facts: Partial<Study> = {}): Study {
  return {
    schemaVersion: 1,
    name: 'test',
    description: '',
    source: { path: '/home/user/study.yaml', text: 'name: test\n' },
    kernel: { kind: 'solver', name: 'none', version: '1' },
    settings: {},
    cases: { count, columns: [] },
    shared: {},
    schedule: { strategy: 'adaptive', chunk: 'auto' },
    execution: defaultExecution,
    statistics: ['mean'],
    output: ['csv'],
    fingerprint,
    ...facts,
  };
}
