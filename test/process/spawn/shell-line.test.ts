import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hasShellFunctions, isPlainEcho, shellText } from '../../../src/process/spawn/shell-line.js';
import { shellWord } from '../../../src/process/spawn/shell-word.js';

test('an echo of plain words prints what the echo of the shell prints', () => {
  const word = fc.string({
    unit: fc.constantFrom(...'ab0./:=@%+,-\\'.split('')),
    minLength: 1,
    maxLength: 5,
  });
  const lists = fc
    .sample(fc.array(word, { maxLength: 4 }), { numRuns: 200, seed: 3 })
    .filter((words) => isPlainEcho(['echo', ...words]));
  expect(lists.length).toBeGreaterThan(50);
  const script = lists.map((words) => ['echo', ...words].join(' ')).join('\n');
  const shell = spawnSync('/bin/sh', ['-c', script], { encoding: 'utf8' });
  const own = lists.map((words) => spawnSync('echo', words, { encoding: 'utf8' }).stdout);
  expect(own.join('')).toBe(shell.stdout);
});

describe('shellText', () => {
  test.each([`prog "$HOME" 'a b' *.txt > out 2>&1`, '\t./prog $X < in >> out 2> err'])(
    'lets the shell become the program of %j',
    (line) => {
      expect(shellText(line)).toBe(`exec ${line}`);
    },
  );

  test.each([
    ['two commands', 'prog "$X"; other'],
    ['a pipe', 'prog "$X" | other'],
    ['the background', 'prog "$X" &'],
    ['both streams of bash', 'prog "$X" &> out'],
    ['a command inside', 'prog $(other)'],
    ['the same in its old form', 'prog `other`'],
    ['a text that follows', 'prog "$X" << END\nx\nEND'],
    ['a command that shells have built in', 'echo "$X"'],
    ['a keyword', 'if "$X"'],
    ['an assignment', 'A=1 prog "$X"'],
    ['a name from a variable', '"$X" a'],
    ['a negation', '! prog "$X"'],
    ['a group', '{ prog "$X" }'],
  ])('leaves %s as it is', (_, line) => {
    expect(shellText(line)).toBe(line);
  });

  test('says and does the same', () => {
    const line = `printenv A < "$B" 2>&1`;
    const ran = [line, shellText(line)].map((text) =>
      spawnSync('/bin/sh', ['-c', text], {
        env: { ...process.env, A: 'x', B: '/dev/null' },
        encoding: 'utf8',
      }),
    );
    expect(ran.map(({ stdout, status }) => ({ stdout, status }))).toEqual(
      Array(2).fill({ stdout: 'x\n', status: 0 }),
    );
  });
});

test('functions that bash exports are seen', () => {
  expect(hasShellFunctions({ PATH: '/bin', 'BASH_FUNC_solve%%': '() { :; }' })).toBe(true);
  expect(hasShellFunctions({ PATH: '/bin' })).toBe(false);
});

test('a quoted word is the same word again behind any shell', () => {
  const texts = fc.sample(fc.string({ unit: 'grapheme', maxLength: 30 }), { numRuns: 300, seed: 11 });
  const kept = texts.map((text) => text.replaceAll('\0', ''));
  const script = `printf '%s\\n---\\n' ${kept.map(shellWord).join(' ')}`;
  const shell = spawnSync('/bin/sh', ['-c', script], { encoding: 'utf8' });
  expect(shell.stdout).toBe(kept.map((text) => `${text}\n---\n`).join(''));
});
