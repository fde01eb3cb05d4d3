import { expect, test } from 'vitest';
import { createStyle } from '../../src/observe/style.js';
import { formatSummary, type SummaryContext } from '../../src/observe/summary.js';
import type { RunOutcome } from '../../src/runtime/api.js';
import { statisticsAt } from './support.js';

const context: SummaryContext = {
  name: 'monte-carlo',
  program: 'shoal',
  runDir: 'runs/monte-carlo',
  style: createStyle(false, true),
};

function outcome(changes: Partial<RunOutcome> = {}): RunOutcome {
  return {
    state: 'completed',
    runDir: '/home/user/runs/monte-carlo',
    total: 100_000,
    done: 100_000,
    failed: 0,
    computedNow: 100_000,
    elapsedMs: 2_000,
    ranks: 4,
    transport: 'mpi',
    mpiLibrary: 'Open MPI v4.1.4',
    kernelForm: 'c',
    failures: [],
    statistics: statisticsAt(),
    sessionStatistics: statisticsAt(),
    files: ['results.parquet', 'answer/statistics.csv'],
    ...changes,
  };
}

test('a complete run says how much, how fast, on what, and where the results lie', () => {
  expect(formatSummary(outcome(), context)).toBe(
    [
      '✓ monte-carlo: 100,000 cases completed',
      '  100,000 cases computed now in 2.0 s (50.0k/s), 4 ranks over Open MPI v4.1.4, C kernel',
      '  4 ranks were busy 90 % of the time, 3.6 times as fast as one',
      '',
      'Results',
      '  runs/monte-carlo/results.parquet',
      '  runs/monte-carlo/answer/statistics.csv',
    ].join('\n'),
  );
});

test('failures come by kind, each with the command that tries one again', () => {
  const text = formatSummary(
    outcome({
      failed: 13,
      files: [],
      transport: 'local',
      kernelForm: 'typescript',
      ranks: 1,
      sessionStatistics: statisticsAt({ retries: 3, ranks: [] }),
      failures: [
        { status: 'failed', type: 'InvalidModel', count: 12, example: 481, message: 'depths must\nincrease' },
        { status: 'timeout', type: 'timeout', count: 1, example: 7, message: 'over 5 s' },
      ],
    }),
    { ...context, runDir: 'runs/my study' },
  );
  expect(text).toBe(
    [
      '✗ monte-carlo: 99,987 of 100,000 cases completed, 13 failed',
      '  100,000 cases computed now in 2.0 s (50.0k/s), 1 rank over local processes, TypeScript kernel',
      '  1 rank was busy 90 % of the time; 3 retries',
      '',
      'Failures',
      '  failed InvalidModel: 12 cases, the first is case 481: depths must increase',
      "    look       shoal explain 'runs/my study' 481",
      "    try one    shoal resume 'runs/my study' --retry 481",
      "    try all    shoal resume 'runs/my study' --retry InvalidModel",
      '  timeout: case 7: over 5 s',
      "    look       shoal explain 'runs/my study' 7",
      "    try again  shoal resume 'runs/my study' --retry 7",
      '',
      'Next',
      "  all failed ones again  shoal resume 'runs/my study' --retry failed",
      "  all timeouts again     shoal resume 'runs/my study' --retry timeout",
    ].join('\n'),
  );
});

test('an interrupted run says what is left and how to go on', () => {
  const text = formatSummary(outcome({ state: 'interrupted', done: 40_000, files: [] }), context);
  expect(text).toContain('✗ monte-carlo: 40,000 of 100,000 cases completed, 60,000 not done (interrupted)');
  expect(text).toContain('  continue  shoal resume runs/monte-carlo');
});

test('a short session says nothing of how busy its ranks were', () => {
  const sessionStatistics = statisticsAt({ totalTimeMs: 500 });
  expect(formatSummary(outcome({ sessionStatistics }), context)).not.toContain('busy');
});

test('a finished run that is started again says that nothing was computed', () => {
  expect(formatSummary(outcome({ computedNow: 0 }), context)).toContain('Nothing was computed now');
});

test('more kinds of failure than fit are counted', () => {
  const failures = Array.from({ length: 11 }, (_, i) => ({
    status: 'failed' as const,
    type: `Kind${i}`,
    count: 2,
    example: i,
    message: 'x'.repeat(500),
  }));
  const text = formatSummary(outcome({ failed: 22, failures }), context);
  expect(text).toContain('and 3 more kinds with 6 cases');
  expect(text).toContain(`${'x'.repeat(97)}...\n`);
});

test('verification says that every bit is the same, or which cases differ', () => {
  expect(formatSummary(outcome({ verified: { cases: 100, different: [] } }), context)).toContain(
    'Verified: 100 cases computed again, every bit the same',
  );
  expect(formatSummary(outcome({ verified: { cases: 100, different: [3, 9] } }), context)).toContain(
    'Verification failed: 2 of 100 cases computed again differ: 3, 9',
  );
});

test('workers that joined a run are named beside its ranks', () => {
  const text = formatSummary(outcome({ ranks: 2, sessionStatistics: statisticsAt() }), context);
  expect(text).toContain('2 ranks and 2 that joined were busy 90 % of the time, 3.6 times as fast as one');
});
