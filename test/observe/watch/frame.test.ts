import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cellsOf } from '../../../src/observe/cells.js';
import { createStyle } from '../../../src/observe/style.js';
import { formatFrame, type Size } from '../../../src/observe/watch/frame.js';
import type { LiveState } from '../../../src/runtime/progress/live.js';
import { liveAt, workerAt } from '../support.js';

const plain = createStyle(false, true);
const help = 'q leaves';

function frame(live: LiveState, size: Partial<Size> = {}, silentMs = 0): string[] {
  return formatFrame(
    { name: 'grid', live, silentMs, isUnheard: false, help },
    { columns: 100, rows: 40, ...size },
    plain,
  );
}

/** Two ranks on two hosts, a lost one, slow cases and failures. */
const eventful = liveAt({
  retries: 2,
  failed: 13,
  isThrottled: true,
  backlogBytes: 70 << 20,
  workers: [
    workerAt(0, {
      ...{ host: 'node1', done: 1_500, failed: 3, rate: 31.4, memoryBytes: 90 << 20 },
      ...{ current: { first: 7_000, count: 1, forMs: 200_000 }, lastMessage: 'iteration 12 of 40' },
    }),
    workerAt(1, { host: 'node2', state: 'lost', done: 700 }),
    workerAt(12, { host: 'node2', done: 64, current: { first: 100, count: 28, forMs: 1_240 } }),
  ],
  slowest: [
    { first: 12, count: 1, caseMs: 250_000, worker: 1, attempt: 2 },
    { first: 40, count: 4, caseMs: 812.4, worker: 0, attempt: 1 },
  ],
  failures: [
    { status: 'failed', type: 'InvalidModel', count: 12, example: 481, message: 'depths must\nincrease' },
    { status: 'timeout', type: 'timeout', count: 1, example: 7, message: 'over 5 s' },
  ],
  recentFailures: [
    {
      ...{ case: 481, attempt: 1, worker: 0, status: 'failed', type: 'InvalidModel', isTriedAgain: true },
      ...{ message: 'depths must increase', atMs: Date.parse('2026-01-01T10:00:08Z') },
    },
    {
      ...{ case: 7, attempt: 3, worker: 12, status: 'timeout', type: 'timeout' },
      ...{ message: 'over 5 s', atMs: Date.parse('2026-01-01T09:58:00Z') },
    },
  ],
});

test('a frame shows the run, each rank, slow cases and failures with their reason', () => {
  expect(frame(eventful, { columns: 110 })).toEqual([
    'grid  running for 8.0 s                                                                     here, process 1234',
    '━━━━━━━━━━━━━━━━━━━━━━━━━━━━╸────────────────────────────────────────  42 %  42,000/100,000  5,120/s  ETA 11 s',
    '2 busy, 1 lost, 13 failed, 2 retries, 57,000 waiting, 1,000 in flight, journal 3.00 MiB, waits for the disk (…',
    '',
    'rank  host   doing              for   done    rate  failed    memory  last message',
    '   0  node1  case 7,000        3:20  1,500  31.4/s       3  90.0 MiB  iteration 12 of 40',
    '   1  node2  lost                      700',
    '  12  node2  cases 100 – 127  1.2 s     64',
    '',
    'slowest cases',
    '    4:10  case 12, rank 1, attempt 2',
    '    3:20  case 7,000, rank 0, still running',
    '   1.2 s  case 100, rank 12, still running',
    '  812 ms  cases 40 – 43, each, rank 0',
    '',
    'failures',
    '  failed InvalidModel  12 cases, the first is case 481: depths must increase',
    '  timeout              case 7: over 5 s',
    '',
    'last failures',
    '       now  case 481, rank 0, tried again  InvalidModel: depths must increase',
    '  2:08 ago  case 7, rank 12, attempt 3  timeout: over 5 s',
    '',
    help,
  ]);
});

test('whatever the size of the window, nothing sticks out of it and the head stays', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 10, max: 200 }),
      fc.integer({ min: 1, max: 60 }),
      fc.boolean(),
      fc.nat(80),
      fc.string({ unit: 'binary', maxLength: 300 }),
      (columns, rows, isColored, ranks, message) => {
        const workers = [
          ...eventful.workers,
          ...Array.from({ length: ranks }, (_, i) => workerAt(100 + i, { lastMessage: message })),
        ];
        const live = { ...eventful, workers };
        const style = createStyle(isColored, true);
        const lines = formatFrame(
          { name: message || 'x', live, silentMs: 0, isUnheard: false, help },
          { columns, rows },
          style,
        );
        expect(lines.length).toBeLessThanOrEqual(rows);
        for (const line of lines.map(stripVTControlCharacters)) {
          expect(line).not.toMatch(/\p{Cc}/u);
          expect(cellsOf(line)).toBeLessThanOrEqual(columns);
        }
      },
    ),
    { numRuns: 50 },
  );
});

describe('ranks', () => {
  const many = liveAt({
    workers: Array.from({ length: 200 }, (_, worker) =>
      workerAt(worker, { current: { first: worker, count: 1, forMs: worker === 77 ? 60_000 : worker } }),
    ),
    unlisted: 800,
  });

  test('that do not fit are counted, and those longest at their work stay in view', () => {
    const lines = frame(many, { rows: 20 });
    const rows = lines.filter((line) => /^ +\d+ {2}here/.test(line)).map((line) => Number(line.slice(0, 4)));
    expect(rows).toContain(77);
    expect(rows).toEqual(rows.toSorted((a, b) => a - b));
    expect(lines.join('\n')).toContain(`and ${1000 - rows.length} more`);
  });

  test('lose columns on a narrow terminal, what they do last', () => {
    const header = (columns: number): string => frame(eventful, { columns })[4] ?? '';
    expect(header(100)).toContain('last message');
    expect(header(64)).not.toContain('last message');
    expect(header(40).trimEnd()).toBe('rank  doing              for   done');
    expect(header(22).trimEnd()).toBe('rank  doing');
  });
});

test('a low window shows failures rather than slow cases', () => {
  const lines = frame(eventful, { rows: 14 });
  expect(lines).toContain('  failed InvalidModel  12 cases, the first is case 481: depths must increase');
  expect(lines).not.toContain('slowest cases');
});

test('a silent session is said to be silent, and its cases grow older', () => {
  const lines = frame(eventful, {}, 60_000);
  expect(lines[0]).toContain('running for 1:08  no sign of life for 1:00');
  expect(lines.join('\n')).toContain('4:20  case 7,000, rank 0, still running');
});

test('a session at its start has a head and nothing else', () => {
  const live = liveAt({ phase: 'starting', workers: [], done: 0, rate: 0 });
  expect(frame(live).slice(3)).toEqual(['', help]);
});
