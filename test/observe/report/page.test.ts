import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ReportFacts } from '../../../src/observe/report/facts.js';
import { histogramSvg, shortDuration } from '../../../src/observe/report/histogram-svg.js';
import { html, raw } from '../../../src/observe/report/html.js';
import { type Pictures, reportPage } from '../../../src/observe/report/page.js';
import { binsFor, timelineSvg } from '../../../src/observe/report/timeline-svg.js';
import type { RankActivity, SessionActivity } from '../../../src/results/execution/activity.js';
import { statisticsAt } from '../support.js';

const nasty = `</script><img src=x onerror="alert('1')"> & 'quotes' \u0007`;

function facts(changes: Partial<ReportFacts> = {}): ReportFacts {
  const { ranks: _, ...figures } = statisticsAt();
  return {
    ...{ name: 'grid', runDir: '/runs/grid', writtenAt: '2026-01-01T10:00:00.000Z', state: 'completed' },
    ...{ cases: 100_000, done: 100_000, statistics: statisticsAt(), slowest: [], failures: [] },
    caseTimes: {
      ...{ cases: 3, medianMs: 12, p95Ms: 90 },
      bins: [
        { fromMs: 10, toMs: 31.6, cases: 2 },
        { fromMs: 31.6, toMs: 100, cases: 1 },
      ],
    },
    sessions: [
      {
        ...{ session: 1, start: '2026-01-01T09:00:00.000Z', state: 'completed', ranks: 4, hosts: ['node1'] },
        ...{ facts: { version: '1.0.0', transport: 'local' }, statistics: figures, notices: [], lost: [] },
      },
    ],
    study: [{ label: 'study', text: 'grid' }],
    files: ['answer/figure.svg', 'results.csv'],
    next: [],
    ...changes,
  };
}

const none: Pictures = { timeline: undefined, figure: undefined };

/** Names of elements that are open where another one's end stands; void elements have none. */
function misplaced(page: string): string[] {
  const voids = new Set(['meta', 'img', 'br', '!doctype']);
  const open: string[] = [];
  const wrong: string[] = [];
  const style = /<style>[^<]*<\/style>/;
  for (const [, end, tag = '', empty] of page
    .replace(style, '')
    .matchAll(/<(\/?)([!a-z][a-z0-9]*)[^>]*?(\/?)>/gi)) {
    const name = tag.toLowerCase();
    if (voids.has(name) || empty) continue;
    if (!end) open.push(name);
    else if (open.pop() !== name) wrong.push(name);
  }
  return [...wrong, ...open];
}

test('the page says how the run went', () => {
  const page = reportPage(facts(), none);
  for (const text of [
    'grid',
    'completed',
    '100,000',
    '90 %',
    '3.6 ×',
    'results.csv',
    'trace.json',
    'shoal 1.0.0',
  ]) {
    expect(page).toContain(text);
  }
  expect(misplaced(page)).toEqual([]);
});

test('a session that was predicted says how well', () => {
  const [session] = facts().sessions;
  const prediction = { makespan: { predictedMs: 100_000, tookMs: 110_000, source: 'earlier runs' } };
  const page = reportPage(facts({ sessions: [{ ...session!, prediction }] }), none);
  expect(page).toContain('predicted 1:40, took 1:50 (+10 %)');
});

test('it needs no script and nothing from elsewhere', () => {
  const page = reportPage(facts(), {
    timeline: '<svg></svg>',
    figure: '<svg xmlns="http://www.w3.org/2000/svg"/>',
  });
  expect(page).not.toMatch(/<script|<link|@import|url\(|\bon[a-z]+=/i);
  const targets = [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, target]) => target ?? '');
  expect(targets.length).toBeGreaterThan(0);
  for (const target of targets) expect(target).toMatch(/^data:image\/svg\+xml;base64,|^(?![a-z]+:|\/\/)/);
});

test('whatever programs said is text in it, and nothing more', () => {
  const failure = { status: 'failed', type: nasty, count: 1, example: 7, message: nasty } as const;
  const [session] = facts().sessions;
  const page = reportPage(
    facts({
      name: nasty,
      failures: [{ ...failure, explain: nasty, retry: nasty }],
      study: [{ label: nasty, text: nasty }],
      files: [nasty],
      next: [{ label: nasty, command: nasty }],
      sessions: [
        {
          ...session!,
          hosts: [nasty],
          facts: { version: nasty },
          notices: [{ at: '2026-01-01T09:00:01.000Z', message: nasty }],
          lost: [{ at: '2026-01-01T09:00:01.000Z', worker: 1, how: nasty }],
        },
      ],
      slowest: [{ first: 0, count: 1, caseMs: 1, attempt: 1, worker: 0, host: nasty }],
    }),
    none,
  );
  expect(page).not.toContain('<img src=x');
  expect(page).not.toContain('\u0007');
  expect(misplaced(page)).toEqual([]);
});

test('failures come with the commands that look at one and try it again', () => {
  const failure = {
    status: 'failed',
    type: 'InvalidModel',
    count: 12,
    example: 481,
    message: 'depths',
  } as const;
  const page = reportPage(
    facts({
      state: 'interrupted',
      done: 99_000,
      failures: [
        {
          ...{ ...failure, explain: 'shoal explain r 481', retry: 'shoal resume r --retry 481' },
          retryAll: 'shoal resume r --retry InvalidModel',
        },
      ],
      next: [{ label: 'go on', command: 'shoal resume r' }],
    }),
    none,
  );
  for (const text of ['not complete', 'failed InvalidModel', 'case 481: depths', 'shoal explain r 481']) {
    expect(page).toContain(text);
  }
  expect(page).toContain('<code>shoal resume r --retry 481</code>');
  expect(page).toContain('<code>shoal resume r --retry InvalidModel</code>');
  expect(page).toContain('<code>shoal resume r</code>');
});

describe('a template', () => {
  test('escapes text, and leaves what is HTML already', () => {
    expect(html`<p>${'a < b'}</p>${[html`<b>${'&'}</b>`, raw('<i/>'), 7]}`.html).toBe(
      '<p>a &lt; b</p><b>&amp;</b><i/>7',
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(html`${text}`.html).not.toMatch(/[<>"']/);
      }),
      { numRuns: 50 },
    );
  });
});

describe('the picture of ranks', () => {
  const rank = (worker: number, host: string, bins: number): RankActivity => ({
    ...{ worker, host, cases: 10 },
    busy: Float64Array.from({ length: bins }, (_, i) => (i % 3) / 2),
    failed: Float64Array.from({ length: bins }, (_, i) => (i === 4 ? 1 : 0)),
  });

  const session = (index: number, ranks: number, bins: number): SessionActivity => ({
    ...{ session: index, startMs: 1_000, endMs: 61_000, binMs: 60_000 / bins },
    ranks: Array.from({ length: ranks }, (_, worker) => rank(worker, `node${worker % 3}`, bins)),
  });

  test('has a row a rank, by host, with what it did', () => {
    const svg = timelineSvg({
      activity: [session(0, 4, 30)],
      ranks: [4],
      lost: [[{ worker: 1, ms: 30_000 }]],
    });
    const labels = [...svg.matchAll(/class="label"[^>]*>([^<]*)</g)].map(([, text]) => text);
    expect(labels).toEqual([
      'all ranks',
      'rank 0 · node0',
      'rank 3 · node0',
      'rank 1 · node1',
      'rank 2 · node2',
    ]);
    expect(svg).toContain('<title>rank 0 on node0: 10 cases, busy 50 %</title>');
    expect(svg.match(/class="lost"/g)).toHaveLength(1);
    expect(svg.match(/class="failed"/g)).toHaveLength(4);
  });

  test('of thousands of ranks stays small, with several in a row', () => {
    const svg = timelineSvg({ activity: [session(0, 3_000, 360)], ranks: [3_000], lost: [[]] });
    expect(svg.match(/class="busy"/g)!.length).toBeLessThanOrEqual(64);
    expect(svg.length).toBeLessThan(500_000);
  });

  test('has sessions side by side, the short ones not lost', () => {
    const bins = binsFor([3_600_000, 1_000]);
    expect(bins[1]).toBeGreaterThanOrEqual(6);
    const activity = [session(0, 2, bins[0]!), session(1, 2, bins[1]!)];
    const svg = timelineSvg({ activity, ranks: [2, 2], lost: [[], []] });
    expect(svg).toContain('session 1');
    expect(svg).toContain('session 2');
  });

  test('never leaves its frame', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 60 }), (sessions, ranks) => {
        const activity = Array.from({ length: sessions }, (_, s) => session(s, ranks, 6 + 10 * s));
        const svg = timelineSvg({ activity, ranks: activity.map(() => ranks), lost: activity.map(() => []) });
        const height = Number(/viewBox="0 0 1070 ([\d.]+)"/.exec(svg)?.[1]);
        for (const [, x] of svg.matchAll(/\b(?:x|x1|x2)="(-?[\d.]+)"/g))
          expect(Number(x)).toBeLessThanOrEqual(1_061);
        for (const [, y] of svg.matchAll(/\b(?:y|y1|y2)="(-?[\d.]+)"/g))
          expect(Number(y)).toBeLessThanOrEqual(height);
        expect(svg).not.toMatch(/NaN|Infinity/);
      }),
      { numRuns: 40 },
    );
  });
});

test.each([
  [0.000_025, '25 ns'],
  [0.0123, '12 µs'],
  [4.56, '4.6 ms'],
  [312.4, '312 ms'],
  [1_540, '1.5 s'],
])('%d ms are printed as %s', (ms, text) => {
  expect(shortDuration(ms)).toBe(text);
});

test('a histogram has a bar for each bin that holds cases, whatever their times', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -6, max: 8 }),
      fc.array(fc.nat(1_000_000), { minLength: 1, maxLength: 60 }),
      (decade, counts) => {
        const bins = counts.map((cases, i) => ({
          ...{ fromMs: 10 ** (decade + i / 10), toMs: 10 ** (decade + (i + 1) / 10), cases },
        }));
        const svg = histogramSvg({ cases: 1, medianMs: bins[0]!.fromMs, p95Ms: 1, bins });
        expect(svg.match(/<rect /g)?.length ?? 0).toBe(counts.filter((cases) => cases > 0).length);
        expect(svg).not.toMatch(/NaN|Infinity/);
      },
    ),
  );
});
