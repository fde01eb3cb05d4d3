import { describe, expect, test } from 'vitest';
import { formatStatus, type StatusFacts, statusOf } from '../../src/observe/status.js';
import { createStyle } from '../../src/observe/style.js';
import type { Session } from '../../src/store/manifest.js';
import { liveAt, statisticsAt, workerAt } from './support.js';

const session = (state: Session['state']): Session => ({
  start: '2026-01-01T10:00:00.000Z',
  ...(state === 'running' ? {} : { end: '2026-01-01T10:00:09.000Z' }),
  state,
  facts: {},
});

function facts(changes: Partial<StatusFacts> = {}): StatusFacts {
  return {
    name: 'grid',
    runDir: '/runs/grid',
    cases: 1000,
    done: 400,
    failed: 0,
    failures: [],
    sessions: [session('running')],
    owner: { isHeld: true, alive: 'alive' },
    statistics: statisticsAt({ totalTimeMs: 500 }),
    live: undefined,
    liveAgeMs: 0,
    ...changes,
  };
}

describe('the state', () => {
  test.each([
    ['running', {}],
    ['broken off', { owner: { isHeld: true, alive: 'dead' } }],
    ['broken off', { owner: { isHeld: false, alive: 'alive' } }],
    ['elsewhere', { owner: { isHeld: true, alive: 'unknown' } }],
    ['running', { owner: { isHeld: true, alive: 'unknown' }, live: liveAt(), liveAgeMs: 3_000 }],
    ['elsewhere', { owner: { isHeld: true, alive: 'unknown' }, live: liveAt(), liveAgeMs: 20_000 }],
    ['new', { sessions: [], owner: undefined, done: 0 }],
    ['running', { sessions: [], done: 0 }],
    ['interrupted', { sessions: [session('interrupted')], owner: undefined }],
    ['interrupted', { sessions: [session('completed')], owner: undefined }],
    ['completed', { sessions: [session('completed')], owner: undefined, done: 1000 }],
    ['running', { sessions: [session('completed')] }],
  ] as [string, Partial<StatusFacts>][])('is %s for %j', (state, changes) => {
    expect(statusOf(facts(changes)).state).toBe(state);
  });
});

test('a running session shows rate, time left and who is busy; one that has ended does not', () => {
  const live = liveAt({
    total: 1000,
    done: 400,
    rate: 52,
    etaMs: 11_500,
    workers: [workerAt(0), workerAt(1, { state: 'idle' })],
  });
  const context = { program: 'shoal', runDir: 'runs/grid', style: createStyle(false, true) };
  expect(formatStatus(statusOf(facts({ live })), context)).toBe(
    [
      'grid: running',
      '  40 %, 400 of 1,000 cases done',
      '  52.0/s, ETA 12 s, 1 of 2 workers busy',
      '  1 session, the last from 2026-01-01T10:00:00.000Z',
    ].join('\n'),
  );
  const failures = [
    { status: 'failed', type: 'InvalidModel', count: 2, example: 7, message: 'depths' },
  ] as const;
  const ended = facts({ live, owner: { isHeld: true, alive: 'dead' }, failed: 2, failures });
  expect(formatStatus(statusOf(ended), context)).toBe(
    [
      'grid: broken off: its process is gone',
      '  40 %, 400 of 1,000 cases done, 2 failed',
      '  failed InvalidModel: 2 cases, the first is case 7',
      '  1 session, the last from 2026-01-01T10:00:00.000Z',
      '  continue  shoal resume runs/grid',
    ].join('\n'),
  );
});

test('a run on another host says how long it has been silent', () => {
  const elsewhere = facts({ owner: { isHeld: true, alive: 'unknown' }, live: liveAt(), liveAgeMs: 90_000 });
  const context = { program: 'shoal', runDir: 'runs/grid', style: createStyle(false, true) };
  expect(formatStatus(statusOf(elsewhere), context)).toMatch(
    /^grid: in use on another host, no sign of life for 1:30\n/,
  );
});

test('a run that took its time says how well its ranks were used', () => {
  const statistics = statisticsAt({ totalTimeMs: 60_000, retries: 2, timeouts: 1 });
  const context = { program: 'shoal', runDir: 'runs/grid', style: createStyle(false, true) };
  expect(formatStatus(statusOf(facts({ statistics, done: 1000 })), context)).toContain(
    '\n  1:00 in all: ranks were busy 90 % of the time, 3.6 times as fast as one; 2 retries, 1 timeout\n',
  );
  const nothing = statisticsAt({ totalTimeMs: 60_000, taskTimeMs: 0, utilisation: 0, speedup: 0 });
  expect(formatStatus(statusOf(facts({ statistics: nothing })), context)).not.toContain('busy');
});
