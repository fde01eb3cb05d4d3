import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Failure } from '../../../src/codec/block.js';
import { sessionActivity } from '../../../src/results/execution/activity.js';
import { caseTimes, slowestCases } from '../../../src/results/execution/case-times.js';
import { failedCounts } from '../../../src/results/execution/failed-counts.js';
import { sessionSpans } from '../../../src/results/execution/sessions.js';
import { type Timeline, timelineOf } from '../../../src/results/execution/timeline.js';
import { epochMs, journalOf, type MadeBlock } from './support.js';

const failure = { offset: 0, status: 'failed', type: 'T', message: 'm' } as const;

const anyBlocks = fc.array(
  fc.record({
    worker: fc.nat(3),
    first: fc.nat(1_000),
    count: fc.integer({ min: 1, max: 4 }),
    ms: fc.nat(10_000),
    forMs: fc.integer({ min: 1, max: 3_000 }),
    failures: fc.constantFrom([], [failure]),
  }) satisfies fc.Arbitrary<MadeBlock>,
  { maxLength: 40 },
);

const session = (blocks: readonly MadeBlock[]) => ({
  ...{ ms: 0, endMs: 13_000, ranks: 4, hosts: ['a', 'a', 'b', 'b'], blocks },
});

async function timeline(blocks: readonly MadeBlock[], mostSpans: number): Promise<Timeline> {
  const { dir, index } = await journalOf([session(blocks)]);
  return timelineOf(index, failedCounts(dir, index), mostSpans);
}

const lost: Failure = { offset: 0, status: 'failed', type: 'WorkerLost', message: 'its worker died' };

describe('a timeline', () => {
  test('has the blocks of each rank, by host and rank, with the cases that failed', async () => {
    const { lanes, instants, joinedMs } = await timeline(
      [
        { worker: 2, first: 5, ms: 100, forMs: 50, attempt: 2, failures: [failure] },
        { worker: 0, first: 0, count: 5, ms: 0, forMs: 400 },
        { worker: 2, first: 6, ms: 150, forMs: 10 },
        { worker: 0, first: 7, ms: 700, forMs: 0, failures: [failure] },
      ],
      100,
    );
    expect(lanes).toMatchObject([
      { host: 'a', worker: 0, lane: 0, spans: [{ first: 0, cases: 5, blocks: 1, failed: 0, busyMs: 400 }] },
      {
        ...{ host: 'b', worker: 2, lane: 0 },
        spans: [
          { first: 5, cases: 1, attempt: 2, failed: 1, startMs: epochMs + 100, endMs: epochMs + 150 },
          { first: 6, cases: 1, failed: 0, startMs: epochMs + 150, endMs: epochMs + 160 },
        ],
      },
    ]);
    expect(instants).toEqual([{ ms: epochMs + 700, first: 7, cases: 1 }]);
    expect(joinedMs).toBe(0);
  });

  test('loses nothing and lets nothing overlap in a lane, joined or not', async () => {
    await fc.assert(
      fc.asyncProperty(anyBlocks, fc.constantFrom(5, 1_000), async (blocks, mostSpans) => {
        const { lanes } = await timeline(blocks, mostSpans);
        const spans = lanes.flatMap((lane) => lane.spans);
        const sum = (pick: (span: (typeof spans)[number]) => number): number =>
          spans.reduce((total, span) => total + pick(span), 0);
        expect(sum((span) => span.blocks)).toBe(blocks.length);
        expect(sum((span) => span.cases)).toBe(blocks.reduce((total, { count }) => total + count, 0));
        expect(sum((span) => span.failed)).toBe(blocks.filter(({ failures }) => failures.length > 0).length);
        if (mostSpans === 1_000) {
          expect(sum((span) => span.busyMs)).toBeCloseTo(
            blocks.reduce((total, { forMs }) => total + forMs, 0),
            1,
          );
        }
        for (const lane of lanes) {
          lane.spans.forEach((span, i) => {
            expect(span.endMs).toBeGreaterThanOrEqual(span.startMs);
            expect(span.busyMs).toBeLessThanOrEqual(span.endMs - span.startMs + 1e-6);
            expect(span.startMs).toBeGreaterThanOrEqual(lane.spans[i - 1]?.endMs ?? 0);
          });
        }
      }),
      { numRuns: 30 },
    );
  });

  test('of many blocks has about as many spans as were asked for, whatever lies between sessions', async () => {
    const blocks = (ms: number): MadeBlock[] =>
      Array.from({ length: 2_000 }, (_, i) => ({ worker: i % 2, first: i, ms: ms + i, forMs: 2 }));
    const days = 86_400_000;
    const { dir, index } = await journalOf([
      { ...session(blocks(0)), hosts: ['a', 'b'] },
      { ...session(blocks(9 * days)), ms: 9 * days, endMs: 9 * days + 5_000, hosts: ['a', 'b'] },
    ]);
    const { lanes, joinedMs } = timelineOf(index, failedCounts(dir, index), 200);
    const count = lanes.reduce((sum, lane) => sum + lane.spans.length, 0);
    expect(joinedMs).toBeGreaterThan(0);
    expect(count).toBeGreaterThan(100);
    expect(count).toBeLessThanOrEqual(204);
  });
});

test('the activity of a session adds up to the time in which its ranks were busy', async () => {
  await fc.assert(
    fc.asyncProperty(anyBlocks, fc.integer({ min: 1, max: 50 }), async (blocks, bins) => {
      // One after the other, as a rank computes.
      const ends = [0, 0, 0, 0];
      const serial = blocks.map((block) => {
        const ms = ends[block.worker]!;
        const forMs = Math.min(block.forMs, 300);
        ends[block.worker] = ms + forMs + (block.ms % 20);
        return { ...block, ms, forMs };
      });
      const { dir, index } = await journalOf([session(serial)]);
      const [activity] = sessionActivity(index, sessionSpans(index), failedCounts(dir, index), [bins]);
      for (const { worker, busy, failed, cases } of activity!.ranks) {
        const own = serial.filter((block) => block.worker === worker);
        const busyMs = busy.reduce((sum, part) => sum + part * activity!.binMs, 0);
        expect(busyMs).toBeCloseTo(
          own.reduce((sum, { forMs }) => sum + forMs, 0),
          0,
        );
        expect(failed.reduce((sum, count) => sum + count, 0)).toBe(
          own.filter(({ failures }) => failures.length > 0).length,
        );
        expect(cases).toBe(own.reduce((sum, { count }) => sum + count, 0));
      }
    }),
    { numRuns: 30 },
  );
});

describe('times of cases', () => {
  test('lie in bins that cover them without gaps, with quantiles to a few per cent', async () => {
    const times = Array.from({ length: 200 }, (_, i) => 1.05 ** i);
    const { index } = await journalOf([
      session(times.map((forMs, first) => ({ worker: 0, first, ms: first, forMs }))),
    ]);
    const { cases, bins, medianMs, p95Ms } = caseTimes(index);
    expect(cases).toBe(200);
    expect(bins.reduce((sum, bin) => sum + bin.cases, 0)).toBe(200);
    expect(bins[0]!.fromMs).toBeLessThanOrEqual(1);
    expect(bins.at(-1)!.toMs).toBeGreaterThan(times.at(-1)!);
    for (const [i, bin] of bins.entries()) if (i > 0) expect(bin.fromMs).toBeCloseTo(bins[i - 1]!.toMs, 6);
    expect(medianMs / 1.05 ** 99.5).toBeCloseTo(1, 1);
    expect(p95Ms / 1.05 ** 189.5).toBeCloseTo(1, 1);
  });

  test('of nothing are nothing', async () => {
    const { index } = await journalOf([session([])]);
    expect(caseTimes(index)).toEqual({ cases: 0, medianMs: 0, p95Ms: 0, bins: [] });
    expect(slowestCases(index, 5)).toEqual([]);
  });

  test('a case that ended the whole job, whose time nobody saw, is not among the slowest', async () => {
    const { index } = await journalOf([
      session([
        { worker: 0, first: 0, ms: 0, forMs: 10 },
        { worker: 0, first: 1, ms: 9, forMs: 0, failures: [lost] },
      ]),
    ]);
    expect(slowestCases(index, 3).map(({ first }) => first)).toEqual([0]);
  });

  test('the slowest come first, with who computed them', async () => {
    const { index } = await journalOf([
      session([
        { worker: 0, first: 0, ms: 0, forMs: 10 },
        { worker: 3, first: 1, ms: 0, forMs: 30, attempt: 2 },
        { worker: 1, first: 2, count: 4, ms: 0, forMs: 80 },
        { worker: 1, first: 6, ms: 0, forMs: 1 },
      ]),
    ]);
    expect(slowestCases(index, 3)).toEqual([
      { first: 1, count: 1, caseMs: 30, attempt: 2, worker: 3, host: 'b' },
      { first: 2, count: 4, caseMs: 20, attempt: 1, worker: 1, host: 'a' },
      { first: 0, count: 1, caseMs: 10, attempt: 1, worker: 0, host: 'a' },
    ]);
  });
});
