import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Chunk, WorkQueue } from '../../src/schedule/work-queue.js';
import { casesOf, holes } from './arbitraries.js';

function drain(queue: WorkQueue, most = Number.POSITIVE_INFINITY): Chunk[] {
  const chunks: Chunk[] = [];
  const chunk = { first: 0, count: 0 };
  while (queue.take(most, chunk)) chunks.push({ ...chunk });
  return chunks;
}

/** A list of cases does the same, slowly. */
type Step =
  | { readonly kind: 'take'; readonly most: number }
  | { readonly kind: 'add' | 'addFront'; readonly first: number; readonly count: number };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('take' as const), most: fc.integer({ min: 1, max: 20 }) }),
    fc.record({
      kind: fc.constantFrom('add' as const, 'addFront' as const),
      first: fc.nat({ max: 1000 }),
      count: fc.nat({ max: 15 }),
    }),
  ),
  { maxLength: 60 },
);

describe('a queue', () => {
  test('gives what a plain list of cases would give, in the same order', () => {
    fc.assert(
      fc.property(holes, steps, (ranges, actions) => {
        const queue = new WorkQueue(ranges);
        const list = casesOf(ranges);
        const chunk = { first: 0, count: 0 };
        for (const action of actions) {
          if (action.kind === 'take') {
            const isTaken = queue.take(action.most, chunk);
            expect(isTaken).toBe(list.length > 0);
            if (isTaken) expect(list.splice(0, chunk.count)).toEqual(casesOf([chunk]));
          } else {
            queue[action.kind](action.first, action.count);
            const added = casesOf([action]);
            if (action.kind === 'add') list.push(...added);
            else list.unshift(...added);
          }
          expect(queue.total).toBe(list.length);
        }
        expect(casesOf(drain(queue))).toEqual(list);
      }),
    );
  });

  test('never gives more than asked, and no less while the range lasts', () => {
    fc.assert(
      fc.property(holes, fc.integer({ min: 1, max: 9 }), (ranges, most) => {
        const left = ranges.map((range) => ({ ...range })).filter(({ count }) => count > 0);
        for (const { first, count } of drain(new WorkQueue(ranges), most)) {
          const range = left[0] as Chunk;
          expect({ first, count }).toEqual({ first: range.first, count: Math.min(most, range.count) });
          range.first += count;
          range.count -= count;
          if (range.count === 0) left.shift();
        }
        expect(left).toEqual([]);
      }),
    );
  });

  test('splits into parts of equal length, whose cases are in order and all there', () => {
    fc.assert(
      fc.property(holes, fc.integer({ min: 1, max: 9 }), (ranges, parts) => {
        const cases = casesOf(ranges);
        const queues = new WorkQueue(ranges).split(parts);
        const lengths = queues.map(({ total }) => total);
        expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(1);
        expect(queues.flatMap((queue) => casesOf(drain(queue)))).toEqual(cases);
      }),
    );
  });

  test('that gives and takes back a hundred thousand ranges keeps each of them', () => {
    const count = 100_000;
    const queue = new WorkQueue();
    for (let i = 0; i < count; i++) queue.add(10 * i, 2);
    const chunk = { first: 0, count: 0 };
    const taken: number[] = [];
    for (let i = 0; queue.take(1, chunk); i++) {
      if (i % 3 === 0 && i < count) queue.addFront(chunk.first, chunk.count);
      else taken.push(chunk.first);
    }
    expect(taken).toHaveLength(2 * count);
    expect(new Set(taken).size).toBe(2 * count);
  });
});
