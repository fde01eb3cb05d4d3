import { describe, expect, test } from 'vitest';
import { createState, defaultOptions } from '../../../src/coordinator/state.js';
import type { WorkerProgress } from '../../../src/runtime/api.js';
import { Eta } from '../../../src/runtime/progress/eta.js';
import { CostLedger } from '../../../src/schedule/cost-ledger.js';
import type { CostModel } from '../../../src/schedule/costs.js';
import type { KeptCosts } from '../../../src/schedule/kept-costs.js';
import { createScheduler } from '../../../src/schedule/scheduler.js';

const costs: CostModel = {
  kind: 'known',
  costs: (first, count) => Float64Array.from({ length: count }, (_, i) => (first + i < 10 ? 9 : 1)),
};

function begin(cases: number, model?: CostModel, kept?: KeptCosts) {
  const ranges = [{ first: 0, count: cases }];
  const ledger = new CostLedger(ranges, model, kept);
  const scheduler = createScheduler({
    ...{ strategy: 'self', ranges, workers: [0, 1], chunk: 1, mostCases: 100 },
  });
  return { ledger, state: createState(scheduler, [0, 1], { ...defaultOptions, ledger }), eta: new Eta() };
}

const at = (worker: number, first: number, forMs: number): WorkerProgress => ({
  ...{ worker, host: '', state: 'busy', done: 0, failed: 0, rate: 0 },
  current: { first, count: 1, forMs },
});

describe('the time that a run still takes', () => {
  test('follows from costs: cheap cases that are left take less than dear ones did', () => {
    const { ledger, state, eta } = begin(20, costs);
    expect(eta.ms(state, [], 0)).toBeUndefined();
    // Two workers, 900 ms a dear case: both end one at a time.
    for (let i = 0; i < 10; i += 2) {
      const now = (i / 2) * 900;
      eta.ms(state, [at(0, i, 0), at(1, i + 1, 0)], now);
      ledger.observeBlock(i, 1, 900, true);
      ledger.observeBlock(i + 1, 1, 900, true);
    }
    // Ten cases of 100 ms for two workers. By counts it would be 4500 ms.
    expect(eta.ms(state, [at(0, 10, 0), at(1, 11, 0)], 4500)).toBeCloseTo(500, 0);
  });

  test('falls while long cases run, and not only when they end', () => {
    const kept = { blocks: 100, cases: 100, msPerUnit: 10_000, scatter: 0 };
    const { state, eta } = begin(4, undefined, kept);
    // Ranks take three seconds to come up.
    for (const ms of [-3000, -1500]) expect(eta.ms(state, [], ms)).toBeUndefined();
    const seen = [0, 2000, 4000, 8000].map((ms) => eta.ms(state, [at(0, 0, ms), at(1, 1, ms)], ms));
    expect(seen[0]).toBeUndefined();
    expect(seen.slice(1)).toEqual([18_000, 16_000, 12_000].map((ms) => expect.closeTo(ms, 0)));
  });

  test('is no shorter than what the longest case that runs still takes', () => {
    const { ledger, state, eta } = begin(12, costs);
    eta.ms(state, [at(0, 0, 0), at(1, 10, 0)], 0);
    ledger.observeBlock(10, 1, 1000, true);
    for (let i = 1; i < 10; i++) ledger.observeBlock(i, 1, 9000, true);
    ledger.observeBlock(11, 1, 1000, true);
    expect(eta.ms(state, [at(0, 0, 1000)], 1000)).toBeCloseTo(8000, 0);
  });

  test('is unknown when a case takes longer than predicted and is the last', () => {
    const kept = { blocks: 100, cases: 100, msPerUnit: 10, scatter: 0 };
    const { state, eta } = begin(1, undefined, kept);
    eta.ms(state, [at(0, 0, 0)], 0);
    expect(eta.ms(state, [at(0, 0, 500)], 500)).toBeUndefined();
  });
});
