import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type SlowBlock, SlowestCases } from '../../src/coordinator/slowest.js';

/** As the reactor does. */
function offer(slowest: SlowestCases, block: SlowBlock): void {
  if (block.caseMs > slowest.thresholdMs) slowest.add(block);
}

test('the slowest blocks are kept, slowest first, whatever comes in whatever order', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { maxLength: 80 }), (times) => {
      const slowest = new SlowestCases();
      times.forEach((caseMs, first) => {
        offer(slowest, { first, count: 1, caseMs, worker: 0, attempt: 1 });
      });
      const expected = times
        .filter((ms) => ms > 1)
        .sort((a, b) => b - a)
        .slice(0, 12);
      expect(slowest.blocks.map(({ caseMs }) => caseMs)).toEqual(expected);
    }),
  );
});

test('short cases leave nothing behind', () => {
  const slowest = new SlowestCases();
  offer(slowest, { first: 0, count: 1, caseMs: 0.5, worker: 0, attempt: 1 });
  expect(slowest.blocks).toEqual([]);
});
