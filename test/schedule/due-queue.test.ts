import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DueQueue } from '../../src/schedule/due-queue.js';

test('cases come out in the order of their moments, of one moment the lower first', () => {
  const entry = fc.record({ case: fc.nat({ max: 50 }), atMs: fc.nat({ max: 9 }) });
  fc.assert(
    fc.property(fc.array(fc.oneof(entry, fc.constant('pop' as const)), { maxLength: 200 }), (moves) => {
      const queue = new DueQueue();
      let waiting: { case: number; atMs: number }[] = [];
      const popBoth = (): void => {
        waiting.sort((a, b) => a.atMs - b.atMs || a.case - b.case);
        expect(queue.nextMs).toBe(waiting[0]!.atMs);
        expect(queue.pop()).toBe(waiting[0]!.case);
        waiting = waiting.slice(1);
      };
      for (const move of moves) {
        if (move !== 'pop') {
          queue.push(move.case, move.atMs);
          waiting.push(move);
        } else if (waiting.length > 0) popBoth();
        expect(queue.length).toBe(waiting.length);
      }
      while (waiting.length > 0) popBoth();
      expect(queue.nextMs).toBe(Number.POSITIVE_INFINITY);
    }),
  );
});

test('a sample begins with the next one', () => {
  const queue = new DueQueue();
  for (let i = 0; i < 40; i++) queue.push(i, 100 - i);
  expect(queue.sample(3)).toHaveLength(3);
  expect(queue.sample(3)[0]).toEqual({ case: 39, atMs: 61 });
  expect(queue.sample(100)).toHaveLength(40);
});
