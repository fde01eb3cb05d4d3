import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatProgressLine, formatProgressPlain } from '../../../src/observe/reporters/progress-text.js';
import { createStyle } from '../../../src/observe/style.js';
import type { Progress } from '../../../src/runtime/api.js';
import { progressAt, workerAt } from '../support.js';

const plain = createStyle(false, true);
const ascii = createStyle(false, false);

describe('the line', () => {
  test('shows bar, per cent, counts, rate, time left and busy ranks', () => {
    expect(formatProgressLine('monte-carlo', progressAt(), 110, plain)).toBe(
      'monte-carlo ━━━━━━━━━━━━━───────────────────  42 %  42,000/100,000  5,120/s  ETA 11 s  3/4 busy',
    );
  });

  test('draws its bar with plain characters where the terminal has no others', () => {
    expect(formatProgressLine('x', progressAt(), 90, ascii)).toContain('[############..................]');
  });

  test('names failures and lost ranks', () => {
    const workers = [workerAt(0, { state: 'lost' })];
    const line = formatProgressLine('x', progressAt({ failed: 3, workers }), 120, plain);
    expect(line).toContain('3 failed');
    expect(line).toContain('1 lost');
  });

  test('says how often cases were tried again, and that the disk is behind', () => {
    expect(formatProgressPlain('x', progressAt({ retries: 1 }))).toContain('1 retry, 3/4 busy');
    expect(formatProgressPlain('x', progressAt({ retries: 2, isThrottled: true }))).toContain(
      '2 retries, waits for the disk, 3/4 busy',
    );
  });

  test('counts busy ranks among those that are left', () => {
    const workers = [workerAt(0), workerAt(1, { state: 'lost' }), workerAt(2)];
    expect(formatProgressPlain('x', progressAt({ workers }))).toContain('2/2 busy, 1 lost');
  });

  test('counts the ranks behind a node coordinator', () => {
    const team = { ranks: 64, busy: 60 };
    const workers = [workerAt(0), workerAt(1, { team }), workerAt(65, { state: 'lost', team })];
    expect(formatProgressPlain('x', progressAt({ workers }))).toContain('61/65 busy, 64 lost');
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
          const state = progressAt({ done, total: 1e6, phase, failed: done % 7 });
          const line = stripVTControlCharacters(formatProgressLine('a-study', state, columns, style));
          expect(line.length).toBeLessThanOrEqual(columns);
          expect(line).toContain(`${done.toLocaleString('en-US')}/1,000,000`);
        },
      ),
    );
  });

  test('leaves out on a narrow terminal what tells least, and failures and the time left last', () => {
    const state = progressAt({ failed: 3, retries: 2 });
    const at = (columns: number): string =>
      formatProgressLine('x', state, columns, plain).replace(/^x [━╸─]*/, '');
    expect(at(65)).toBe('  42 %  42,000/100,000  5,120/s  ETA 11 s  3 failed');
    expect(at(56)).toBe('  42 %  42,000/100,000  ETA 11 s  3 failed');
    expect(at(44)).toBe('  42 %  42,000/100,000  3 failed');
  });

  test('is full only when everything is done', () => {
    const almost = formatProgressLine('x', progressAt({ done: 99_999 }), 100, plain);
    const all = formatProgressLine('x', progressAt({ done: 100_000, phase: 'finished' }), 100, plain);
    expect(almost).toContain('99 %');
    expect(almost).toMatch(/[─╸]/);
    expect(all).toContain('100 %');
    expect(all).not.toMatch(/[─╸]/);
  });

  test('as plain text says the same without a bar', () => {
    expect(formatProgressPlain('x', progressAt({ failed: 1 }))).toBe(
      'x: 42 %, 42,000/100,000, 5,120/s, ETA 11 s, 1 failed, 3/4 busy',
    );
  });
});
