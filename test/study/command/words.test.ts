import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { splitWords } from '../../../src/study/command/words.js';

test.each([
  ['a b  c', ['a', 'b', 'c']],
  [' a \'b c\' "d e" ', ['a', 'b c', 'd e']],
  [`a'b'"c"\\ d`, ['abc d']],
  ["''", ['']],
  ['"a \\" \\\\ \\n"', ['a " \\ \\n']],
  ['./run --x={x} {h[2]}', ['./run', '--x={x}', '{h[2]}']],
  ['   ', []],
])('%j is %j', (text, words) => {
  expect(splitWords(text)).toEqual({ kind: 'words', words });
});

test.each([
  'a | b',
  'a > b',
  'a; b',
  'a & b',
  'a $B',
  'a "$B"',
  'a `b`',
  'a *.txt',
  'a ~',
  '(a)',
  'a # b',
  'a\nb',
])('%j is for a shell', (text) => {
  expect(splitWords(text)).toMatchObject({ kind: 'shell' });
});

test.each(["a 'b", 'a "b'])('%j has an open quote', (text) => {
  expect(splitWords(text)).toMatchObject({ kind: 'open' });
});

describe('where it splits by itself', () => {
  test('it does as the shell does', () => {
    const character = fc.constantFrom(...`ab 	'"\\=-{}`.split(''));
    const lines = fc
      .sample(fc.string({ unit: character, minLength: 1, maxLength: 16 }), { numRuns: 400, seed: 5 })
      .map((line) => ({ line, split: splitWords(line) }));
    const split = lines.flatMap(({ line, split }) =>
      // A backslash at the end of a line joins lines in a shell.
      split.kind === 'words' && !line.endsWith('\\') ? [{ line, words: split.words }] : [],
    );
    expect(split.length).toBeGreaterThan(100);
    const script = [
      'program() { printf "<%s>" "$@"; echo; }',
      ...split.map(({ line }) => `program x ${line}`),
    ];
    const shell = spawnSync('/bin/sh', ['-c', script.join('\n')], { encoding: 'utf8' });
    const own = split.map(({ words }) => `${['x', ...words].map((word) => `<${word}>`).join('')}\n`).join('');
    expect(shell.stdout).toBe(own);
  });
});
