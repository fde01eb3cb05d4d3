/** What becomes of the cases that a lost worker held, by what is known of its end. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Comm } from '../../src/coordinator/comm.js';
import { onLost } from '../../src/coordinator/reactor.js';
import { type CoordinatorState, createState, defaultOptions } from '../../src/coordinator/state.js';
import type { CaseFailure, CaseRange, Loss, Spent, Verdict } from '../../src/messages/loss.js';
import { CostLedger } from '../../src/schedule/cost-ledger.js';
import type { Scheduler } from '../../src/schedule/scheduler.js';

const timeout: CaseFailure = { status: 'timeout', type: 'Timeout', message: 'took longer than 2 s' };

interface World {
  readonly state: CoordinatorState;
  readonly returned: number[];
  readonly rows: { readonly first: number; readonly failure: CaseFailure; readonly spent?: Spent }[];
  lose(loss: Loss): void;
}

/** Worker 0 holds these ranges; nobody else is there to take them. */
function worldOf(held: readonly CaseRange[], crashLimit = 2, ledger?: CostLedger): World {
  const returned: number[] = [];
  const rows: World['rows'] = [];
  const scheduler = {
    remaining: 0,
    next: () => false,
    giveBack: (first: number, count: number) => returned.push(...casesOf({ first, count })),
    observe: () => {},
    release: () => {},
  } as unknown as Scheduler;
  const state = createState(scheduler, [0], { ...defaultOptions, crashLimit, ...(ledger && { ledger }) });
  const entry = state.workers.get(0)!;
  entry.status = 'ready';
  for (const { first, count } of held) {
    entry.outstanding.push(first, count, 1);
    state.inFlight += count;
  }
  const comm = {
    backlogBytes: () => 0,
    persistCrash: () => {},
    persistFailure: (first: number, _attempt: number, failure: CaseFailure, _next: string, spent?: Spent) =>
      rows.push({ first, failure, ...(spent && { spent }) }),
  } as unknown as Comm;
  return { state, returned, rows, lose: (loss) => onLost(state, comm, 0, loss) };
}

function casesOf({ first, count }: CaseRange): number[] {
  return Array.from({ length: count }, (_, i) => first + i);
}

function suspectsOf({ suspects }: CoordinatorState): number[] {
  return suspects.front(Number.POSITIVE_INFINITY).flatMap(casesOf);
}

describe('the time that a case had run before its worker ended', () => {
  const running = [{ first: 5, count: 1 }];
  const spent = { worker: 0, ranMs: 2_050 };

  test.each<[string, Loss]>([
    ['was ended over its time', { how: 'died', running, verdict: { failure: timeout, isProven: true } }],
    ['is given up', { how: 'died', running }],
  ])('is in the row of one that %s, with who spent it', (_, loss) => {
    const { state, rows, lose } = worldOf([{ first: 5, count: 1 }], 1);
    lose({ ...loss, ranMs: 2_050 });
    expect(rows).toMatchObject([{ first: 5, spent }]);
    expect(state.slowest.blocks).toEqual([{ first: 5, count: 1, caseMs: 2_050, worker: 0, attempt: 1 }]);
  });

  test('counts as work that is done, and teaches nobody what cases cost', () => {
    const ledger = new CostLedger([{ first: 0, count: 10 }], undefined);
    ledger.observeBlock(0, 5, 50, true);
    const { lose } = worldOf([{ first: 5, count: 1 }], 1, ledger);
    lose({ how: 'died', running, verdict: { failure: timeout, isProven: true }, ranMs: 2_050 });
    expect(ledger).toMatchObject({ msPerUnit: 10, remainingMs: 40, busyMs: 2_100 });
  });
});

describe('of a worker that was seen to compute', () => {
  test.each<[string, Loss, { returned: number[]; suspects: number[]; failed: number[] }]>([
    [
      'nothing, everything goes to others',
      { how: 'died', running: [] },
      { returned: [4, 5, 6, 7, 20, 21], suspects: [], failed: [] },
    ],
    [
      'one case, that one is tried again and the others go back',
      { how: 'died', running: [{ first: 6, count: 1 }] },
      { returned: [4, 5, 7, 20, 21], suspects: [6], failed: [] },
    ],
    [
      'one case that took too long, that one has failed',
      { how: 'died', running: [{ first: 6, count: 1 }], verdict: { failure: timeout, isProven: true } },
      { returned: [4, 5, 7, 20, 21], suspects: [], failed: [6] },
    ],
    [
      'a batch across two ranges, each of its cases is tried alone, whatever the verdict',
      { how: 'died', running: [{ first: 6, count: 15 }], verdict: { failure: timeout, isProven: true } },
      { returned: [4, 5, 21], suspects: [6, 7, 20], failed: [] },
    ],
    [
      'two cases at a time, both are tried alone',
      {
        how: 'died',
        running: [
          { first: 21, count: 1 },
          { first: 4, count: 1 },
        ],
      },
      { returned: [5, 6, 7, 20], suspects: [4, 21], failed: [] },
    ],
    [
      'a case that it had returned meanwhile, nothing is suspected',
      { how: 'died', running: [{ first: 3, count: 1 }] },
      { returned: [4, 5, 6, 7, 20, 21], suspects: [], failed: [] },
    ],
  ])('%s', (_, loss, expected) => {
    const { state, returned, rows, lose } = worldOf([
      { first: 4, count: 4 },
      { first: 20, count: 2 },
    ]);
    lose(loss);
    expect({
      returned,
      suspects: suspectsOf(state),
      failed: rows.map(({ first }) => first),
    }).toEqual(expected);
    expect(state.inFlight).toBe(0);
  });

  test.each<[string, Verdict | undefined, CaseFailure]>([
    [
      'why, with how its workers died',
      undefined,
      {
        status: 'failed',
        type: 'WorkerLost',
        message: 'its worker died; given up after 2 workers that died of this case',
        traceback: 'last words',
      },
    ],
    [
      'for sure, with the suspicion',
      { failure: { status: 'failed', type: 'OutOfMemory', message: 'more than 1 GB' }, isProven: false },
      { status: 'failed', type: 'OutOfMemory', message: 'more than 1 GB', traceback: 'last words' },
    ],
  ])('a case that ends workers and nobody knows %s, is given up', (_, verdict, failure) => {
    const { state, rows, lose } = worldOf([{ first: 5, count: 1 }]);
    const running = [{ first: 5, count: 1 }];
    const loss = { how: 'died', running, detail: 'last words', ...(verdict && { verdict }) };
    lose(loss);
    expect(rows).toEqual([]);
    const entry = state.workers.get(0)!;
    entry.status = 'ready';
    state.suspects.take(1);
    entry.outstanding.push(5, 1, 2);
    state.inFlight++;
    lose(loss);
    expect(rows).toEqual([{ first: 5, failure }]);
    expect(suspectsOf(state)).toEqual([]);
  });
});

test('A worker that was told to stop has no suspects, whatever it was computing', () => {
  const { state, returned, lose } = worldOf([{ first: 4, count: 4 }]);
  state.workers.get(0)!.status = 'stopping';
  lose({ how: 'died', running: [{ first: 5, count: 1 }], verdict: { failure: timeout, isProven: true } });
  expect(returned).toEqual([4, 5, 6, 7]);
  expect(suspectsOf(state)).toEqual([]);
});

test('Whatever was running, each case is returned, suspected or failed exactly once', () => {
  const ranges = (most: number) =>
    fc
      .uniqueArray(fc.nat({ max: 60 }), { maxLength: most, minLength: 1 })
      .map((cuts) => cuts.sort((a, b) => a - b))
      .map((cuts) =>
        cuts.map((first, i) => ({ first, count: Math.max(1, ((cuts[i + 1] ?? 64) - first) >> (i % 2)) })),
      );
  fc.assert(
    fc.property(ranges(8), fc.option(ranges(3), { nil: undefined }), (held, running) => {
      const { state, returned, rows, lose } = worldOf(held);
      lose({ how: 'died', ...(running && { running }) });
      const found = [...returned, ...suspectsOf(state), ...rows.map(({ first }) => first)];
      expect(found.sort((a, b) => a - b)).toEqual(held.flatMap(casesOf));
      const wasRunning = new Set((running ?? held).flatMap(casesOf));
      expect(returned.filter((index) => running !== undefined && wasRunning.has(index))).toEqual([]);
      expect(state.inFlight).toBe(0);
    }),
  );
});
