import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { createProgressReporter, createQuietReporter } from '../../src/observe/progress-line.js';
import { formatProgressLine, formatProgressPlain } from '../../src/observe/progress-text.js';
import { createStyle } from '../../src/observe/style.js';
import type { Progress } from '../../src/runtime/api.js';

const plain = createStyle(false, true);
const ascii = createStyle(false, false);

function progress(changes: Partial<Progress> = {}): Progress {
  return {
    phase: 'running',
    total: 100_000,
    done: 42_000,
    failed: 0,
    before: 0,
    elapsedMs: 8_000,
    rate: 5_120,
    etaMs: 11_300,
    workers: [0, 1, 2, 3].map((worker) => ({
      worker,
      host: 'here',
      state: worker < 3 ? 'busy' : 'idle',
      done: 10_500,
    })),
    ...changes,
  };
}

describe('the line', () => {
  test('shows bar, per cent, counts, rate, time left and busy ranks', () => {
    expect(formatProgressLine('monte-carlo', progress(), 110, plain)).toBe(
      'monte-carlo ━━━━━━━━━━━━━───────────────────  42 %  42,000/100,000  5,120/s  ETA 11 s  3/4 busy',
    );
  });

  test('draws its bar with plain characters where the terminal has no others', () => {
    expect(formatProgressLine('x', progress(), 90, ascii)).toContain('[############..................]');
  });

  test('names failures and lost ranks', () => {
    const workers = [{ worker: 0, host: 'here', state: 'lost', done: 0 }] as const;
    const line = formatProgressLine('x', progress({ failed: 3, workers }), 120, plain);
    expect(line).toContain('3 failed');
    expect(line).toContain('1 lost');
  });

  test('never exceeds the width, and keeps per cent and counts', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 40, max: 200 }),
        fc.integer({ min: 0, max: 1e6 }),
        fc.constantFrom<Progress['phase']>('starting', 'running', 'stopping', 'assembling', 'finished'),
        fc.boolean(),
        (columns, done, phase, isColored) => {
          const style = createStyle(isColored, true);
          const state = progress({ done, total: 1e6, phase, failed: done % 7 });
          const line = stripVTControlCharacters(formatProgressLine('a-study', state, columns, style));
          expect(line.length).toBeLessThanOrEqual(columns);
          expect(line).toContain(`${done.toLocaleString('en-US')}/1,000,000`);
        },
      ),
    );
  });

  test('is full only when everything is done', () => {
    const almost = formatProgressLine('x', progress({ done: 99_999 }), 100, plain);
    const all = formatProgressLine('x', progress({ done: 100_000, phase: 'finished' }), 100, plain);
    expect(almost).toContain('99 %');
    expect(almost).toMatch(/[─╸]/);
    expect(all).toContain('100 %');
    expect(all).not.toMatch(/[─╸]/);
  });

  test('as plain text says the same without a bar', () => {
    expect(formatProgressPlain('x', progress({ failed: 1 }))).toBe(
      'x: 42 %, 42,000/100,000, 5,120/s, ETA 11 s, 1 failed, 3/4 busy',
    );
  });
});

describe('the reporter', () => {
  let clock: number;
  let written: string[];
  const target = (columns: number) => ({ columns, write: (text: string) => written.push(text) });

  beforeEach(() => {
    clock = 0;
    written = [];
  });

  test('redraws a terminal at most ten times a second', () => {
    const reporter = createProgressReporter('x', target(80), plain, () => clock);
    for (clock = 0; clock < 1000; clock += 10) reporter.update(progress({ done: clock }));
    expect(written).toHaveLength(10);
    expect(written.every((text) => text.startsWith('\r\u001b[K') && !text.includes('\n'))).toBe(true);
  });

  test('shows a new phase at once', () => {
    const reporter = createProgressReporter('x', target(80), plain, () => clock);
    reporter.update(progress());
    reporter.update(progress({ phase: 'stopping' }));
    expect(written.at(-1)).toContain('stopping');
  });

  test('puts a notice above the line and draws the line again', () => {
    const reporter = createProgressReporter('x', target(80), plain, () => clock);
    reporter.update(progress());
    reporter.notice('a rank was lost');
    expect(written.slice(1).join('')).toContain('\r\u001b[Ka rank was lost\n\r\u001b[Kx ');
  });

  test('ends the line once, with the last state', () => {
    const reporter = createProgressReporter('x', target(80), plain, () => clock);
    reporter.update(progress({ done: 1 }));
    reporter.update(progress({ done: 2 }));
    reporter.finish();
    reporter.finish();
    reporter.update(progress({ done: 3 }));
    expect(written.join('')).toContain('2/100,000');
    expect(written.join('').match(/\n/g)).toHaveLength(1);
    expect(written.join('')).not.toContain('3/100,000');
  });

  test('writes plain lines every few seconds where there is no width', () => {
    const reporter = createProgressReporter('x', target(0), plain, () => clock);
    for (clock = 0; clock <= 20_000; clock += 100) reporter.update(progress({ done: clock }));
    reporter.finish();
    expect(written.length).toBeGreaterThanOrEqual(4);
    expect(written.length).toBeLessThanOrEqual(6);
    expect(written.every((text) => /^x: .*\n$/.test(text))).toBe(true);
    expect(written.at(-1)).toContain('20,000/100,000');
  });

  test('is silent when quiet, notices excepted', () => {
    const reporter = createQuietReporter(target(80));
    reporter.update(progress());
    reporter.notice('no C compiler: the TypeScript kernel computes');
    reporter.finish();
    expect(written).toEqual(['no C compiler: the TypeScript kernel computes\n']);
  });
});
