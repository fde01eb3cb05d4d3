import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Part, Pool } from '../../../src/schedule/tasks/pool.js';

function poolOf(count: number): Pool<number> {
  const pool = new Pool<number>();
  pool.show(Array.from({ length: count }, (_, i) => i));
  return pool;
}

const namesOf = (parts: readonly Part<number>[]): number[] => parts.map(({ name }) => name);

test('whole ones are the case’s alone, and parts of one go where least is left', () => {
  const pool = poolOf(4);
  expect(namesOf(pool.take(2_000))).toEqual([0, 1]);
  expect(namesOf(pool.take(500))).toEqual([2]);
  const small = pool.take(250);
  expect(namesOf(small)).toEqual([2]);
  // A quarter of one is left there, and another is free: one and a quarter fit, two do not.
  expect([pool.fits(1_250), pool.fits(2_000), pool.fits(1_500)]).toEqual([true, false, false]);
  pool.giveBack(small);
  expect(namesOf(pool.take(1_500))).toEqual([3, 2]);
});

test('a pool of which nobody knows what is in it holds everything and names nothing', () => {
  const pool = new Pool<string>();
  expect([pool.fits(9_000), pool.take(9_000)]).toEqual([true, []]);
});

test('whatever is taken and given back, nothing is had twice, and in the end all is free', () => {
  const step = fc.oneof(fc.nat({ max: 3_500 }), fc.constant('back' as const));
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), fc.array(step, { maxLength: 40 }), (count, steps) => {
      const pool = poolOf(count);
      const taken: (readonly Part<number>[])[] = [];
      for (const wanted of steps) {
        if (wanted === 'back') {
          pool.giveBack(taken.shift() ?? []);
        } else if (pool.fits(wanted)) {
          const parts = pool.take(wanted);
          expect(parts.reduce((sum, { amount }) => sum + amount, 0)).toBe(wanted);
          expect(new Set(namesOf(parts)).size).toBe(Math.ceil(wanted / 1000));
          taken.push(parts);
        }
        for (let name = 0; name < count; name++) {
          const mine = taken.flat().filter((part) => part.name === name);
          expect(mine.reduce((sum, { amount }) => sum + amount, 0)).toBeLessThanOrEqual(1000);
        }
      }
      for (const parts of taken) pool.giveBack(parts);
      expect(pool.take(1000 * count)).toHaveLength(count);
    }),
  );
});
