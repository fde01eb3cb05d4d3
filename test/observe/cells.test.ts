import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cellsOf, cleaned, fitted, padded } from '../../src/observe/cells.js';

test.each([
  ['two\nlines\tand  more ', 'two lines and more'],
  ['\u001b[31mred\u001b[0m and \u001b]0;a title\u0007plain', 'red and plain'],
  ['\u001b[2J\u001b[1;1Hgone\r\u0000\u0007', 'gone'],
  ['Ωm – ünïcode 模型', 'Ωm – ünïcode 模型'],
  ['right \u202eto left', 'right to left'],
])('%j is printed as %j', (text, expected) => {
  expect(cleaned(text)).toBe(expected);
});

test('no text makes a terminal do anything but print it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(cleaned(text)).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    }),
  );
});

test.each([
  ['plain', 5],
  ['模型', 4],
  ['e\u0301te\u0301', 3],
  ['━━╸', 3],
  ['🎉', 2],
] as const)('%s takes %d cells', (text, cells) => {
  expect(cellsOf(text)).toBe(cells);
});

test('a text is cut to its cells with a mark, wide characters whole, and padded to them', () => {
  expect(fitted('abcdef', 6, true)).toBe('abcdef');
  expect(fitted('abcdefg', 6, true)).toBe('abcde…');
  expect(fitted('abcdefg', 6, false)).toBe('abc...');
  expect(fitted('模型模型', 5, true)).toBe('模型…');
  expect(fitted('abc', 0, true)).toBe('');
  expect(padded('模', 4)).toBe('模  ');
  expect(padded('7', 3, 'right')).toBe('  7');
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat(20), fc.boolean(), (text, cells, isUnicode) => {
      expect(cellsOf(fitted(cleaned(text), cells, isUnicode))).toBeLessThanOrEqual(cells);
    }),
  );
});
