import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CostLedger } from '../../src/schedule/cost-ledger.js';
import type { CostModel, FeatureModel } from '../../src/schedule/costs.js';
import type { KeptCosts } from '../../src/schedule/kept-costs.js';
import { lognormal } from '../../src/simulate/tasks.js';
import { casesOf, holes } from './arbitraries.js';

const known = (costs: ArrayLike<number>): CostModel => ({
  kind: 'known',
  costs: (first, count) => Float64Array.from({ length: count }, (_, i) => costs[first + i]!),
});
const features = (...lists: readonly ArrayLike<number>[]): FeatureModel => ({
  kind: 'features',
  featureCount: lists.length,
  features: (first, count) =>
    lists.map((list) => Float64Array.from({ length: count }, (_, i) => list[first + i]!)),
});

const count = 400;
const all = [{ first: 0, count }];
const size = lognormal(count, 3, 0.6, 1);
const noise = lognormal(count, 1, 0.2, 2);
/** Time goes as the square of the size. */
const times = size.map((value, i) => 7 * value ** 2 * noise[i]!);
const sum = (values: Float64Array): number => values.reduce((a, b) => a + b, 0);

function observe(ledger: CostLedger, ms: Float64Array, from = 0, to = ms.length): void {
  for (let i = from; i < to; i++) ledger.observeBlock(i, 1, ms[i]!, true);
}

describe('the ledger of costs', () => {
  test('knows nothing of times before anything is measured or kept', () => {
    const ledger = new CostLedger(all, known(size));
    expect(ledger.remainingMs).toBeUndefined();
    expect(ledger.predictMs(0, 10)).toBeUndefined();
    expect(ledger.keep()).toBeUndefined();
  });

  test.each<[string, CostModel | undefined]>([
    ['a formula', known(size.map((value) => value ** 2))],
    ['features', features(size)],
    ['nothing', undefined],
  ])('told %s, what is done and what remains add up to what all cases take', (what, model) => {
    const ledger = new CostLedger(all, model);
    observe(ledger, times, 0, 200);
    const total = ledger.busyMs + ledger.remainingMs!;
    expect(total / sum(times)).toBeGreaterThan(what === 'nothing' ? 0.7 : 0.93);
    expect(total / sum(times)).toBeLessThan(what === 'nothing' ? 1.4 : 1.07);
    observe(ledger, times, 200);
    expect(ledger.remainingMs! / sum(times)).toBeCloseTo(0, 10);
  });

  test('predicts the time of single cases and of runs of them', () => {
    const ledger = new CostLedger(all, features(size));
    observe(ledger, times, 0, 300);
    const [largest] = Array.from(size.keys()).sort((a, b) => size[b]! - size[a]!) as [number];
    expect(Math.abs(Math.log(ledger.predictMs(largest, 1)! / (7 * size[largest]! ** 2)))).toBeLessThan(0.15);
    expect(Math.abs(Math.log(ledger.predictMs(0, count)! / sum(times)))).toBeLessThan(0.1);
    expect(ledger.predictMs(0, 20)! + ledger.predictMs(20, 30)!).toBeCloseTo(ledger.predictMs(0, 50)!, 6);
  });

  test('leaves failed cases out of what it learns, and counts them as done', () => {
    const ledger = new CostLedger(all, undefined);
    ledger.observeBlock(0, 1, 10, true);
    for (let i = 1; i < count; i++) ledger.observeBlock(i, 1, 3_600_000, false);
    expect(ledger.remainingMs).toBe(0);
    expect(ledger.keep()).toMatchObject({ blocks: 1, cases: 1, msPerUnit: 10 });
  });

  test.each<[string, CostModel | undefined]>([
    ['features', features(size)],
    ['nothing', undefined],
  ])('told %s, has a failed case that is tried again before it once more', (_what, model) => {
    const ledger = new CostLedger(all, model);
    observe(ledger, times, 0, 200);
    const before = ledger.remainingMs!;
    ledger.observeBlock(300, 1, 5, false);
    expect(ledger.remainingMs).toBeLessThan(before);
    ledger.comesAgain(300);
    expect(ledger.remainingMs! / before).toBeCloseTo(1, 9);
  });

  test('takes what a node coordinator says of many blocks at once', () => {
    const ledger = new CostLedger(all, known(size.map((value) => value ** 2)));
    const part = times.subarray(0, 200);
    ledger.observeRuns(
      [
        { first: 0, count: 150 },
        { first: 150, count: 50 },
      ],
      20,
      sum(part),
    );
    expect((ledger.busyMs + ledger.remainingMs!) / sum(times)).toBeCloseTo(1, 1);
    const kept = ledger.keep();
    expect(kept).toMatchObject({ blocks: 20, cases: 200 });
    expect(kept).not.toHaveProperty('scatter');
  });

  test('says how far times scatter about a formula, of one case however many a block has', () => {
    const many = 20_000;
    const own = lognormal(many, 5, 0.3, 4);
    for (const blockCases of [1, 10]) {
      const ledger = new CostLedger([{ first: 0, count: many }], undefined);
      for (let i = 0; i < many; i += blockCases) {
        ledger.observeBlock(i, blockCases, sum(own.subarray(i, i + blockCases)), true);
      }
      expect(ledger.keep()!.scatter).toBeCloseTo(Math.sqrt(Math.exp(0.09) - 1), 1);
    }
  });

  test('keeps what features are worth, also of blocks of several cases', () => {
    const ledger = new CostLedger(all, features(size));
    for (let i = 0; i < count; i += 2) ledger.observeBlock(i, 2, times[i]! + times[i + 1]!, true);
    const kept = ledger.keep()!;
    expect(Math.abs(kept.learned!.exponents[0]! - 2)).toBeLessThan(0.3);
    expect(kept.scatter).toBeGreaterThan(0.12);
    expect(kept.scatter).toBeLessThan(0.45);
    expect(kept).toMatchObject({ blocks: 200, cases: 400 });
  });

  test('is finite whatever features are and times turn out', () => {
    const strange = fc.oneof(
      fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
      fc.constantFrom(0, -1, Number.NaN, Number.POSITIVE_INFINITY),
    );
    const ms = fc.double({ min: 0, max: 1e4, noNaN: true });
    fc.assert(
      fc.property(
        holes.filter((ranges) => casesOf(ranges).length > 0),
        fc.array(strange, { minLength: 1 }),
        fc.array(ms, { minLength: 1 }),
        fc.constantFrom<'known' | 'features' | 'nothing'>('known', 'features', 'nothing'),
        (ranges, list, durations, kind) => {
          const values = Float64Array.from({ length: 1 << 12 }, (_, i) => list[i % list.length]!);
          const model = { known: known(values), features: features(values), nothing: undefined }[kind];
          const ledger = new CostLedger(ranges, model);
          casesOf(ranges).forEach((index, i) => {
            ledger.observeBlock(index, 1, durations[i % durations.length]!, i % 5 !== 3);
            expect(ledger.remainingMs ?? 0).toBeGreaterThanOrEqual(0);
            expect(ledger.remainingMs ?? 0).toBeLessThan(Number.POSITIVE_INFINITY);
          });
          const kept = ledger.keep();
          if (kept) expect(Number.isFinite(kept.msPerUnit) && Number.isFinite(kept.scatter ?? 0)).toBe(true);
        },
      ),
    );
  });
});

describe('costs that were kept', () => {
  function keptOf(model: CostModel | undefined, ms: Float64Array): KeptCosts {
    const ledger = new CostLedger(all, model);
    observe(ledger, ms);
    return ledger.keep()!;
  }

  test('predict another run before it has measured anything', () => {
    const kept = keptOf(features(size), times);
    const model = { ...features(size), earlier: kept.learned! };
    const ledger = new CostLedger(all, model, kept);
    expect(ledger.remainingMs! / sum(times)).toBeCloseTo(1, 1);
    expect(Math.abs(Math.log(ledger.predictMs(0, 100)! / sum(times.subarray(0, 100))))).toBeLessThan(0.1);
  });

  test('give way to a machine that is ten times as fast within a few cases', () => {
    const kept = keptOf(features(size), times);
    const faster = times.map((ms) => ms / 10);
    const ledger = new CostLedger(all, { ...features(size), earlier: kept.learned! }, kept);
    observe(ledger, faster, 0, 200);
    expect((ledger.remainingMs! + ledger.busyMs) / sum(faster)).toBeLessThan(1.4);
    observe(ledger, faster, 200);
    const again = ledger.keep()!;
    expect(again.msPerUnit / (kept.msPerUnit / 10)).toBeLessThan(1.3);
    expect(again.blocks).toBe(2 * count);
    expect(again.learned!.exponents[0]).toBeCloseTo(2, 1);
    expect(again.scatter).toBeCloseTo(0.2, 1);
  });
});
