import { expect, test } from 'vitest';
import { parsePlaceholders, valueText } from '../../../src/study/command/placeholders.js';

const value = (name: string, element?: number) => ({
  kind: 'value',
  name,
  ...(element !== undefined && { element }),
});
const text = (words: string) => ({ kind: 'text', text: words });

test.each([
  ['plain', [text('plain')]],
  ['', []],
  ['{x}', [value('x')]],
  ['--h={h[2]}m', [text('--h='), value('h', 2), text('m')]],
  ['{a}{b}', [value('a'), value('b')]],
  ['{{x}}', [text('{x}')]],
  ['{{h[1]}}', [text('{h[1]}')]],
  // Braces of awk, of JSON, of a shell and of a pattern mean themselves.
  ['{print $1}', [text('{print $1}')]],
  ['{"x": {x}}', [text('{"x": '), value('x'), text('}')]],
  ['$' + '{HOME}/{x}', [text('$' + '{HOME}/'), value('x')]],
  ['a{1,3}', [text('a{1,3}')]],
  ['{}', [text('{}')]],
])('%j', (template, parts) => {
  const joined = parsePlaceholders(template).reduce<object[]>((list, part) => {
    const last = list.at(-1) as { kind: string; text: string } | undefined;
    if (part.kind === 'text' && last?.kind === 'text') list[list.length - 1] = text(last.text + part.text);
    else list.push(part);
    return list;
  }, []);
  expect(joined).toEqual(parts);
});

test.each([
  [0.1, undefined, '0.1'],
  [1e-7, undefined, '1e-7'],
  [100, undefined, '100'],
  [1 / 3, undefined, '0.3333333333333333'],
  ['a b', undefined, 'a b'],
  [Float64Array.of(1, 2.5), undefined, '1,2.5'],
  [Float64Array.of(1, 2.5), 1, '2.5'],
])('the text of %s, element %s, is %s', (given, element, shown) => {
  expect(valueText(given, element)).toBe(shown);
});
