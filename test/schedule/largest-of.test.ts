import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LargestOf } from '../../src/schedule/largest-of.js';

test('names the first of the largest numbers, however they change and however many are added', () => {
  const changes = fc.array(fc.record({ place: fc.nat(99), value: fc.nat(9), isNew: fc.boolean() }));
  fc.assert(
    fc.property(fc.array(fc.nat(9), { minLength: 1, maxLength: 20 }), changes, (start, list) => {
      const values = [...start];
      const largest = new LargestOf(values);
      for (const { place, value, isNew } of list) {
        expect(largest.place).toBe(values.indexOf(Math.max(...values)));
        if (isNew) {
          values.push(value);
          largest.push(value);
        } else {
          values[place % values.length] = value;
          largest.set(place % values.length, value);
        }
      }
      expect(largest.place).toBe(values.indexOf(Math.max(...values)));
    }),
  );
});
