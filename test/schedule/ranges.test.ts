import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RangeSet } from '../../src/schedule/ranges.js';

const operation = fc.record({
  kind: fc.constantFrom('add', 'delete'),
  first: fc.nat(60),
  count: fc.nat(12),
});

test('A range set holds what a set of single numbers holds, whatever was added and deleted', () => {
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 60 }), fc.nat(70), (operations, limit) => {
      const ranges = new RangeSet();
      const numbers = new Set<number>();
      for (const { kind, first, count } of operations) {
        const before = numbers.size;
        for (let i = first; i < first + count; i++) kind === 'add' ? numbers.add(i) : numbers.delete(i);
        const changed = kind === 'add' ? ranges.add(first, count) : ranges.delete(first, count);
        expect(changed).toBe(Math.abs(numbers.size - before));
      }
      for (const { first, count } of operations) {
        const some = Array.from({ length: count }, (_, i) => first + i).some((i) => numbers.has(i));
        expect(ranges.overlaps(first, count)).toBe(some);
      }
      expect(listed(ranges)).toEqual([...numbers].sort((a, b) => a - b));
      expect(ranges.total).toBe(numbers.size);
      for (let i = 0; i < 75; i++) expect(ranges.has(i)).toBe(numbers.has(i));
      const rest = Array.from({ length: limit }, (_, i) => i).filter((i) => !numbers.has(i));
      expect(listed(ranges.complement(limit))).toEqual(rest);
    }),
  );
});

test('Sets of many intervals, which need more than one leaf, keep to the same rules', () => {
  const wide = fc.record({
    kind: fc.constantFrom('add', 'delete'),
    first: fc.nat(5_000),
    count: fc.oneof(fc.nat(3), fc.nat(2_500)),
  });
  fc.assert(
    fc.property(fc.array(wide, { maxLength: 30 }), (operations) => {
      const ranges = new RangeSet();
      const numbers = new Uint8Array(8_000);
      for (let i = 0; i < 5_000; i += 2) {
        ranges.add(i, 1);
        numbers[i] = 1;
      }
      for (const { kind, first, count } of operations) {
        numbers.fill(kind === 'add' ? 1 : 0, first, first + count);
        if (kind === 'add') ranges.add(first, count);
        else ranges.delete(first, count);
      }
      const held = new Uint8Array(8_000);
      for (const { first, count } of ranges) held.fill(1, first, first + count);
      expect(Buffer.compare(held, numbers)).toBe(0);
      expect(ranges.total).toBe(numbers.reduce((sum, one) => sum + one, 0));
      for (let i = 0; i < 8_000; i += 61) expect(ranges.has(i)).toBe(numbers[i] === 1);
    }),
    { numRuns: 50 },
  );
});

test('Intervals of a set never touch each other', () => {
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
      const ranges = new RangeSet();
      for (const { kind, first, count } of operations) {
        if (kind === 'add') ranges.add(first, count);
        else ranges.delete(first, count);
      }
      let end = -1;
      for (const range of ranges) {
        expect(range.first).toBeGreaterThan(end);
        expect(range.count).toBeGreaterThan(0);
        end = range.first + range.count;
      }
    }),
  );
});

test('Cases that come in scattered order end as one interval', () => {
  const count = 20_000;
  const ranges = new RangeSet();
  // 7919 is prime and does not divide the count, so every case comes once.
  for (let i = 0; i < count; i++) ranges.add((i * 7919) % count, 1);
  expect([...ranges]).toEqual([{ first: 0, count }]);
  for (let i = 0; i < count; i += 2) ranges.delete((i * 7919) % count, 1);
  expect(ranges.total).toBe(count / 2);
  expect(ranges.rangeCount).toBe(count / 2);
});

test('The parts of a window inside and outside the set make up the window', () => {
  const ranges = new RangeSet();
  for (let first = 0; first < 10_000; first += 4) ranges.add(first, 2);
  const inside = [...ranges.within(4_001, 6)];
  const outside = [...ranges.missing(4_001, 6)];
  expect(inside).toEqual([
    { first: 4_001, count: 1 },
    { first: 4_004, count: 2 },
  ]);
  expect(outside).toEqual([
    { first: 4_002, count: 2 },
    { first: 4_006, count: 1 },
  ]);
});

test('A copy of a set goes its own way', () => {
  const ranges = new RangeSet();
  ranges.add(0, 5);
  const copy = ranges.clone();
  copy.add(10, 1);
  expect(ranges.total).toBe(5);
  expect(copy.total).toBe(6);
});

test('Indices far above 32 bits are exact', () => {
  const ranges = new RangeSet();
  ranges.add(2 ** 52, 3);
  expect(ranges.has(2 ** 52 + 2)).toBe(true);
  expect(ranges.has(2 ** 52 + 3)).toBe(false);
});

function listed(ranges: RangeSet): number[] {
  return [...ranges].flatMap(({ first, count }) => Array.from({ length: count }, (_, i) => first + i));
}
