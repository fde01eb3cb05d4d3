import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseShard, shardRange, shardText } from '../../src/study/shard.js';

const shards = fc
  .tuple(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 1000 }))
  .map(([a, b]) => ({ index: Math.min(a, b), count: Math.max(a, b) }));

test('the shards of any study are all its cases, once, in order, and differ by one case at most', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), fc.maxSafeNat(), (count, cases) => {
      let next = 0;
      const sizes: number[] = [];
      for (let index = 1; index <= count; index++) {
        const range = shardRange({ index, count }, cases);
        expect(range.first).toBe(next);
        next += range.count;
        sizes.push(range.count);
      }
      expect(next).toBe(cases);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }),
  );
});

test('a shard is read as it is written', () => {
  fc.assert(
    fc.property(shards, (shard) => {
      expect(parseShard(shardText(shard))).toEqual(shard);
    }),
  );
});

test.each(['', '1', '0/4', '5/4', '1/0', '-1/4', '1/4/2', 'a/b', '1.5/4'])('%j is no shard', (text) => {
  expect(parseShard(text)).toBeUndefined();
});
