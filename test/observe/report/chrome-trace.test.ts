import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ChromeTrace, chromeTrace, type TraceEvent } from '../../../src/observe/report/chrome-trace.js';
import { failedCounts } from '../../../src/results/execution/failed-counts.js';
import { sessionSpans } from '../../../src/results/execution/sessions.js';
import { timelineOf } from '../../../src/results/execution/timeline.js';
import { journalOf, type MadeBlock, type MadeSession, timeAt } from '../../results/execution/support.js';

async function traceOf(sessions: readonly MadeSession[], mostSpans = 1_000): Promise<ChromeTrace> {
  const { dir, index } = await journalOf(sessions);
  const trace = chromeTrace(
    'grid',
    timelineOf(index, failedCounts(dir, index), mostSpans),
    sessionSpans(index),
  );
  return JSON.parse(JSON.stringify(trace)) as ChromeTrace;
}

/** What the format asks of every event, by its phase; and that events of one thread contain each other or are apart. */
function expectValid({ traceEvents }: ChromeTrace): void {
  const threads = new Map<string, Extract<TraceEvent, { ph: 'X' }>[]>();
  const named = new Set<string>();
  for (const event of traceEvents) {
    expect(event).toMatchObject({
      name: expect.any(String) as string,
      pid: expect.any(Number) as number,
      tid: expect.any(Number) as number,
      ts: expect.any(Number) as number,
      args: expect.any(Object) as object,
    });
    expect(Number.isInteger(event.pid) && Number.isInteger(event.tid)).toBe(true);
    expect(event.ts).toBeGreaterThanOrEqual(0);
    const thread = `${event.pid} ${event.tid}`;
    switch (event.ph) {
      case 'M':
        if (event.name === 'thread_name') named.add(thread);
        break;
      case 'X':
        expect(event.dur).toBeGreaterThanOrEqual(0);
        threads.set(thread, [...(threads.get(thread) ?? []), event]);
        break;
      case 'i':
        expect(['t', 'g']).toContain(event.s);
        break;
      default:
        event satisfies never;
    }
  }
  for (const [thread, events] of threads) {
    expect(named).toContain(thread);
    const open: number[] = [];
    for (const { ts, dur } of events.toSorted((a, b) => a.ts - b.ts || b.dur - a.dur)) {
      while (open.length > 0 && open.at(-1)! <= ts + roundingUs) open.pop();
      // Whatever is open contains all of it.
      for (const end of open) expect(ts + dur).toBeLessThanOrEqual(end + roundingUs);
      open.push(ts + dur);
    }
  }
}

/** Sums of decimal fractions. */
const roundingUs = 1e-6;

const eventful: MadeSession = {
  ...{ ms: 0, endMs: 9_000, ranks: 3, hosts: ['node1', 'node1', 'node2'] },
  blocks: [
    { worker: 0, first: 0, count: 10, ms: 1_000, forMs: 500.25 },
    {
      worker: 2,
      first: 10,
      ms: 1_100,
      forMs: 2_000,
      attempt: 2,
      failures: [{ offset: 0, status: 'failed', type: 'T', message: 'm' }],
    },
    {
      worker: 0,
      first: 11,
      ms: 4_000,
      forMs: 0,
      failures: [{ offset: 0, status: 'failed', type: 'WorkerLost', message: 'm' }],
    },
  ],
  events: [
    { event: 'lost', at: timeAt(3_000), worker: 2, how: 'was ended by SIGKILL' },
    { event: 'lost', at: timeAt(3_500), worker: 1, how: 'exited with code 1' },
    {
      event: 'notice',
      at: timeAt(3_000),
      message: 'worker 2 was ended by SIGKILL; its cases are computed by others',
    },
  ],
};

test('a host is a process, a rank a thread, a block an event, a loss and a notice are moments', async () => {
  const trace = await traceOf([eventful]);
  expectValid(trace);
  const { traceEvents, otherData } = trace;
  const of = (ph: string) => traceEvents.filter((event) => event.ph === ph);
  const names = of('M').flatMap((event) =>
    'name' in event.args ? [[event.pid, event.tid, event.args.name]] : [],
  );
  expect(names).toEqual([
    [0, 0, 'run of grid'],
    [0, 0, 'sessions'],
    [1, 0, 'node1'],
    [2, 0, 'node2'],
    [1, 0, 'rank 0'],
    [2, 2, 'rank 2'],
  ]);
  expect(of('X')).toEqual([
    {
      ...{ ph: 'X', name: 'session 1', cat: 'session', pid: 0, tid: 0, ts: 0, dur: 9_000_000 },
      args: { session: 0, state: 'completed', ranks: 3 },
    },
    {
      ...{ ph: 'X', name: 'cases 0–9', cat: 'block', pid: 1, tid: 0, ts: 1_000_000, dur: 500_250 },
      args: { first_case: 0, cases: 10, attempt: 1, session: 0 },
    },
    {
      ...{ ph: 'X', name: 'case 10', cat: 'block', pid: 2, tid: 2, ts: 1_100_000, dur: 2_000_000 },
      args: { first_case: 10, cases: 1, attempt: 2, session: 0, failed: 1 },
    },
  ]);
  const moments = traceEvents.flatMap((event) =>
    event.ph === 'i' ? [[event.cat, event.pid, event.tid, event.ts, event.name]] : [],
  );
  expect(moments).toEqual([
    ['lost', 2, 2, 3_000_000, 'rank 2 was ended by SIGKILL'],
    ['notice', 0, 0, 3_000_000, 'worker 2 was ended by SIGKILL; its cases are computed by others'],
    // It computed nothing and so has no thread.
    ['lost', 0, 0, 3_500_000, 'rank 1 exited with code 1'],
    ['given up', 0, 0, 4_000_000, 'case 11 not computed'],
  ]);
  expect(otherData).toMatchObject({ study: 'grid', started_at: timeAt(0) });
  expect(otherData).not.toHaveProperty('joined');
});

test('too many blocks are joined, and the trace says so', async () => {
  const blocks = Array.from({ length: 3_000 }, (_, i) => ({ worker: 0, first: i, ms: 2 * i, forMs: 1 }));
  const trace = await traceOf([{ ms: 0, endMs: 6_000, ranks: 1, hosts: ['a'], blocks }], 100);
  expectValid(trace);
  const joined = trace.traceEvents.filter((event) => event.ph === 'X' && event.cat === 'block');
  expect(joined.length).toBeLessThanOrEqual(102);
  const total = (key: string): number =>
    joined.reduce((sum, { args }) => sum + Number((args as Record<string, number>)[key]), 0);
  expect([total('cases'), total('blocks'), total('busy_ms')]).toEqual([3_000, 3_000, 3_000]);
  expect(trace.otherData.joined).toMatch(/^blocks that begin within 60\.0 ms/);
});

test('a run in which nothing was computed has a trace too', async () => {
  const trace = await traceOf([]);
  expectValid(trace);
  expect(trace.traceEvents.every(({ ph }) => ph === 'M')).toBe(true);
});

describe('whatever ranks computed when', () => {
  const block = fc.record({
    worker: fc.nat(2),
    first: fc.nat(50),
    ms: fc.double({ min: 0, max: 100, noNaN: true }),
    forMs: fc.double({ min: 0, max: 40, noNaN: true }),
  }) satisfies fc.Arbitrary<MadeBlock>;

  test.each([1_000, 3])('the trace is valid, with at most about %d spans', async (mostSpans) => {
    await fc.assert(
      fc.asyncProperty(fc.array(block, { maxLength: 30 }), async (blocks) => {
        expectValid(
          await traceOf([{ ms: 0, endMs: 200, ranks: 3, hosts: ['a', 'a', 'b'], blocks }], mostSpans),
        );
      }),
      { numRuns: 30 },
    );
  });
});
