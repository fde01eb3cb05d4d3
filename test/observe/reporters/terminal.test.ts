import { beforeEach, describe, expect, test } from 'vitest';
import { barReporter } from '../../../src/observe/reporters/bar.js';
import { noticesReporter, plainReporter } from '../../../src/observe/reporters/plain.js';
import { allReporters, type Reporter } from '../../../src/observe/reporters/reporter.js';
import { createStyle } from '../../../src/observe/style.js';
import { progressAt } from '../support.js';

const style = createStyle(false, true);
const level = { level: 2, cases: 300, elapsedMs: 65_000, failed: 1 };

let clock: number;
let written: string[];
const target = (columns: number) => ({ columns, write: (text: string) => written.push(text) });

beforeEach(() => {
  clock = 0;
  written = [];
});

describe('a bar', () => {
  const bar = () => barReporter('x', target(80), style, () => clock);

  test('is drawn at most ten times a second', () => {
    const reporter = bar();
    for (clock = 0; clock < 1000; clock += 10) reporter.onProgress(progressAt({ done: clock }));
    expect(written).toHaveLength(10);
    expect(written.every((text) => text.startsWith('\r\u001b[K') && !text.includes('\n'))).toBe(true);
  });

  test('shows a new phase at once', () => {
    const reporter = bar();
    reporter.onProgress(progressAt());
    reporter.onProgress(progressAt({ phase: 'stopping' }));
    expect(written.at(-1)).toContain('stopping');
  });

  test('leaves its line to a notice and to the end of a level, and is drawn again below', () => {
    const reporter = bar();
    reporter.onProgress(progressAt());
    reporter.onNotice('a rank was lost');
    reporter.onLevelCompleted?.(level);
    const after = written.slice(1).join('');
    expect(after).toContain('\r\u001b[Knote: a rank was lost\n\r\u001b[Kx ');
    expect(after).toContain('\r\u001b[Kx: level 2 is complete, 300 cases in 1:05, 1 failed\n\r\u001b[Kx ');
  });

  test('ends once, with the last state', () => {
    const reporter = bar();
    reporter.onProgress(progressAt({ done: 1 }));
    reporter.onProgress(progressAt({ done: 2 }));
    reporter.onFinished(undefined);
    reporter.onFinished(undefined);
    reporter.onProgress(progressAt({ done: 3 }));
    expect(written.join('')).toContain('2/100,000');
    expect(written.join('').match(/\n/g)).toHaveLength(1);
    expect(written.join('')).not.toContain('3/100,000');
  });
});

describe('plain lines', () => {
  test('come every few seconds, and at the end', () => {
    const reporter = plainReporter('x', target(0), () => clock);
    for (clock = 0; clock <= 20_000; clock += 100) reporter.onProgress(progressAt({ done: clock }));
    reporter.onFinished(undefined);
    expect(written.length).toBeGreaterThanOrEqual(4);
    expect(written.length).toBeLessThanOrEqual(6);
    expect(written.every((text) => /^x: .*\n$/.test(text))).toBe(true);
    expect(written.at(-1)).toContain('20,000/100,000');
  });

  test('come at once for a stop, a notice and the end of a level', () => {
    const reporter = plainReporter('x', target(0), () => clock);
    reporter.onProgress(progressAt({ phase: 'stopping' }));
    reporter.onNotice('a rank was lost');
    reporter.onLevelCompleted?.(level);
    expect(written.map((line) => line.split(',')[0])).toEqual([
      'x: 42 %',
      'note: a rank was lost\n',
      'x: level 2 is complete',
    ]);
  });
});

test('a quiet run tells notices and nothing else', () => {
  const reporter = noticesReporter(target(80));
  reporter.onProgress(progressAt());
  reporter.onNotice('no C compiler: the TypeScript kernel computes');
  reporter.onFinished(undefined);
  expect(written).toEqual(['note: no C compiler: the TypeScript kernel computes\n']);
});

test('several reporters hear the same, in order, also those that care for little', () => {
  const heard: string[] = [];
  const recorder = (name: string): Reporter => ({
    onProgress: ({ done }) => heard.push(`${name} ${done}`),
    onNotice: (message) => heard.push(`${name} ${message}`),
    onFinished: () => heard.push(`${name} ends`),
  });
  const curious: Reporter = {
    ...recorder('b'),
    onCaseFailed: (failed) => heard.push(`b case ${failed.case}`),
  };
  const { onProgress, onNotice, onCaseFailed, onFinished } = allReporters([recorder('a'), curious]);
  onProgress(progressAt({ done: 5 }));
  onNotice('hm');
  const failure = { status: 'failed', type: 'T', message: 'm' } as const;
  onCaseFailed?.({ case: 7, attempt: 1, worker: 0, atMs: 0, ...failure });
  onFinished(undefined);
  expect(heard).toEqual(['a 5', 'b 5', 'a hm', 'b hm', 'b case 7', 'a ends', 'b ends']);
});
