import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance, nearest, suggestion } from '../../src/study/nearest.js';

describe('editDistance', () => {
  it.each([
    ['', '', 0],
    ['abc', 'abc', 0],
    ['abc', 'ac', 1],
    ['abc', 'acb', 1],
    ['kitten', 'sitting', 3],
    ['', 'abc', 3],
  ])('from %j to %j is %d', (from, to, distance) => {
    expect(editDistance(from, to)).toBe(distance);
    expect(editDistance(to, from)).toBe(distance);
  });

  it('is at most one for any single insertion', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ minLength: 1, maxLength: 1 }), fc.nat(), (text, letter, where) => {
        const at = where % (text.length + 1);
        expect(editDistance(text, text.slice(0, at) + letter + text.slice(at))).toBe(1);
      }),
    );
  });
});

describe('nearest', () => {
  it('finds the name meant, whatever its case, and none when all are far', () => {
    expect(nearest('Paramters', ['parameters', 'params'])).toBe('parameters');
    expect(nearest('zzzz', ['parameters', 'cases'])).toBeUndefined();
  });

  it('suggests the known names when none is near and there are few', () => {
    expect(suggestion('zzzz', ['a1', 'b1'])).toBe('Known: a1, b1');
    expect(
      suggestion(
        'zzzz',
        Array.from({ length: 50 }, (_, i) => `name${i}`),
      ),
    ).toBeUndefined();
    expect(suggestion('zzzz', [])).toBeUndefined();
  });
});
