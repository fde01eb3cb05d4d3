import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../../src/errors/input-error.js';
import { formatLabel, parseLabel, prettyLabel } from '../../../src/solvers/manybody/label.js';

const fragments = fc.uniqueArray(fc.integer({ min: 1, max: 999 }), { minLength: 1, maxLength: 6 });

describe('labels', () => {
  test.each([
    ['mp2', [1], [1, 2], '["mp2", [1], [1, 2]]', '§mp2_(1)@(1, 2)'],
    ['(auto)', [1, 3], [1, 3], '["(auto)", [1, 3], [1, 3]]', '§(auto)_(1, 3)@(1, 3)'],
    ['é"', [1], [1], '["\\u00e9\\"", [1], [1]]', '§é"_(1)@(1)'],
  ])('%s (%j) in the basis of %j', (modelChemistry, real, basis, json, pretty) => {
    expect(formatLabel(modelChemistry, real, basis)).toBe(json);
    expect(prettyLabel(modelChemistry, real, basis)).toBe(pretty);
  });

  test('what is written is read again, in both forms', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fragments, fragments, (modelChemistry, real, basis) => {
        const parts = { modelChemistry, real, basis };
        expect(parseLabel(formatLabel(modelChemistry, real, basis))).toEqual(parts);
        expect(parseLabel(prettyLabel(modelChemistry, real, basis))).toEqual(parts);
        expect(parseLabel(prettyLabel(undefined, real, basis))).toEqual({ real, basis });
      }),
    );
  });

  test('other spacing, and the comma of a tuple of one, are understood', () => {
    expect(parseLabel('["mp2",[1],[1,2]]')).toEqual({ modelChemistry: 'mp2', real: [1], basis: [1, 2] });
    expect(parseLabel('(1,)@(1, 2)')).toEqual({ real: [1], basis: [1, 2] });
  });

  test.each([
    '',
    'mp2',
    '["mp2", [1]]',
    '["mp2", [], [1]]',
    '["mp2", [0], [1]]',
    '[1, [1], [1]]',
    '(1)@()',
    '[[',
  ])('%j is refused', (label) => {
    expect(() => parseLabel(label)).toThrow(InputError);
  });
});
