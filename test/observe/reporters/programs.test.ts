import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { InputError } from '../../../src/errors/input-error.js';
import { fileReporter } from '../../../src/observe/reporters/file.js';
import { jsonLinesReporter } from '../../../src/observe/reporters/json-lines.js';
import { allReporters } from '../../../src/observe/reporters/reporter.js';
import type { RecentFailure } from '../../../src/runtime/api.js';
import { progressAt } from '../support.js';

const failure = (index: number): RecentFailure => ({
  ...{ case: index, attempt: 1, worker: 0, atMs: 0 },
  ...{ status: 'failed', type: 'RangeError', message: 'below zero' },
});

describe('JSON lines', () => {
  let clock: number;
  let lines: Record<string, unknown>[];
  const reporter = () =>
    jsonLinesReporter(
      { write: (text) => lines.push(JSON.parse(text) as Record<string, unknown>) },
      () => clock,
    );

  beforeEach(() => {
    clock = Date.parse('2026-01-01T10:00:00Z');
    lines = [];
  });

  test('say when, what, and how many ranks do what, once a second and at each change of phase', () => {
    const { onProgress } = reporter();
    for (let i = 0; i < 25; i++, clock += 100) onProgress(progressAt({ done: i }));
    onProgress(progressAt({ phase: 'stopping' }));
    expect(lines.map(({ event, done, phase }) => [event, done, phase])).toEqual([
      ['progress', 0, 'running'],
      ['progress', 10, 'running'],
      ['progress', 20, 'running'],
      ['progress', 42_000, 'stopping'],
    ]);
    expect(lines[0]).toMatchObject({
      at: '2026-01-01T10:00:00.000Z',
      total: 100_000,
      rate: 5_120,
      ranks: { joining: 0, busy: 3, idle: 1, lost: 0 },
    });
    expect(lines[0]).not.toHaveProperty('workers');
  });

  test('tell failed cases, and count those of a flood', () => {
    const { onProgress, onCaseFailed } = reporter();
    for (let i = 0; i < 130; i++) onCaseFailed?.(failure(i));
    onProgress(progressAt());
    const failed = lines.filter(({ event }) => event === 'failed');
    expect(failed).toHaveLength(100);
    expect(failed[0]).toMatchObject({ case: 0, type: 'RangeError', message: 'below zero' });
    expect(lines.at(-1)).toMatchObject({ event: 'progress', untoldFailures: 30 });
    onCaseFailed?.(failure(500));
    expect(lines.at(-1)).toMatchObject({ event: 'failed', case: 500 });
  });

  test('end with the outcome, and say so where there is none', () => {
    reporter().onFinished(undefined);
    expect(lines).toMatchObject([{ event: 'finished', state: 'broken off' }]);
  });
});

describe('a file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'shoal-progress-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('keeps what it held and gets a line for each event', () => {
    const path = join(folder, 'progress.jsonl');
    writeFileSync(path, '{"event":"of an earlier run"}\n');
    const reporter = fileReporter(path, () => {});
    reporter.onProgress(progressAt());
    reporter.onNotice('hm');
    reporter.onFinished(undefined);
    reporter.onNotice('after the end');
    const events = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(events.map((line) => (JSON.parse(line) as { event: string }).event)).toEqual([
      'of an earlier run',
      'progress',
      'notice',
      'finished',
    ]);
  });

  test('that cannot be opened is refused by name', () => {
    expect(() => fileReporter(join(folder, 'no', 'such', 'folder'), () => {})).toThrow(InputError);
  });

  test('that can no longer be written is told once, and the run goes on', () => {
    const told: string[] = [];
    const reporter = fileReporter('/dev/full', (message) => told.push(message));
    reporter.onNotice('a');
    reporter.onNotice('b');
    reporter.onFinished(undefined);
    expect(told).toHaveLength(1);
    expect(told[0]).toContain('/dev/full');
  });
});

test('a reporter of a program needs to listen to no more than it wants', () => {
  const heard: unknown[] = [];
  const both = allReporters([{}, { onNotice: (message) => heard.push(message) }]);
  both.onProgress(progressAt());
  both.onNotice('n');
  both.onFinished(undefined);
  expect(heard).toEqual(['n']);
});
