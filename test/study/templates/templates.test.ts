import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findWords, outputRuleSchema } from '../../../src/study/templates/output-rule.js';
import { renderTemplate } from '../../../src/study/templates/render.js';

test('values stand where their names were, and doubled brackets are brackets', () => {
  expect(renderTemplate('{a}{{{b}}} {a}', { a: '1', b: 'x' })).toBe('1{x} 1');
});

test('what a value has in it is not looked at again', () => {
  expect(renderTemplate('<{a}>', { a: '{b}', b: 'no' })).toBe('<{b}>');
  expect(renderTemplate('<{a}>', { a: '$& $1' })).toBe('<$& $1>');
});

test('a name without a value is refused with those that there are', () => {
  expect(() => renderTemplate('{constructor}', { a: '1' })).toThrow(
    /no value for \{constructor\}; there are a/,
  );
});

test('a text without brackets is its own template', () => {
  fc.assert(
    fc.property(
      fc.string().filter((text) => !/[{}]/.test(text)),
      (text) => renderTemplate(text, {}) === text,
    ),
  );
});

test('any text survives with its brackets doubled', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('{', '}', 'a', ' ', '\n') }), (text) => {
      expect(renderTemplate(text.replace(/[{}]/g, '$&$&'), {})).toBe(text);
    }),
  );
});

const output = [
  'E = 1',
  'slopes',
  ' 1 0.1 0.2',
  ' 2 0.3 0.4',
  '',
  'E = 2',
  'slopes',
  '',
  ' 1 5 6',
  '',
  'end',
].join('\n');

test.each([
  { rule: { regex: 'E = (\\S+)' }, words: ['2'] },
  { rule: { regex: '^E.*' }, words: ['E', '=', '2'] },
  { rule: { after: 'slopes', skip_columns: 1 }, words: ['5', '6'] },
  { rule: { after: 'slopes', regex: '(\\d+)$' }, words: ['6'] },
  { rule: { after: 'nowhere' }, words: undefined },
  { rule: { regex: 'nothing' }, words: undefined },
])('the rule $rule finds the last place', ({ rule, words }) => {
  expect(findWords(output, outputRuleSchema.parse(rule))).toEqual(words);
});
