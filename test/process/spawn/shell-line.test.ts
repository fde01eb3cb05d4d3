import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hasShellFunctions, plainWords, shellText } from '../../../src/process/spawn/shell-line.js';
import { shellWord } from '../../../src/process/spawn/shell-word.js';

describe('plainWords', () => {
  test.each([
    ['./solver --length 1.5  --out=a/b.txt', ['./solver', '--length', '1.5', '--out=a/b.txt']],
    [
      '\tpython3 run.py user@host 50% a,b +1 x:y ',
      ['python3', 'run.py', 'user@host', '50%', 'a,b', '+1', 'x:y'],
    ],
    ['echo 1.5 a,b', ['echo', '1.5', 'a,b']],
    ['sleep 0.1', ['sleep', '0.1']],
  ])('splits %j', (line, words) => {
    expect(plainWords(line)).toEqual(words);
  });

  test.each([
    ['an empty line', '  '],
    ['a pipe', 'a | b'],
    ['a redirection', 'a > b'],
    ['a variable', 'a $B'],
    ['quotes', "a 'b c'"],
    ['a pattern', 'ls *.txt'],
    ['a home folder', 'ls ~'],
    ['braces', 'echo {1..3}'],
    ['a comment', 'a # b'],
    ['an assignment', 'A=1 program'],
    ['a command that shells have built in', 'printf hello'],
    ['an echo with options', 'echo -n hello'],
    ['a keyword', 'time sleep'],
    ['letters beyond ASCII', 'ls Ä'],
    ['two lines', 'a\nb'],
  ])('leaves %s to the shell', (_, line) => {
    expect(plainWords(line)).toBeUndefined();
  });

  test('prints what the echo of the shell prints', () => {
    const word = fc.string({
      unit: fc.constantFrom(...'ab0./:=@%+,-'.split('')),
      minLength: 1,
      maxLength: 5,
    });
    const lines = fc
      .sample(fc.array(word, { maxLength: 4 }), { numRuns: 200, seed: 3 })
      .map((words) => ['echo', ...words].join(' '))
      .filter((line) => plainWords(line));
    expect(lines.length).toBeGreaterThan(50);
    const shell = spawnSync('/bin/sh', ['-c', lines.join('\n')], { encoding: 'utf8' });
    const own = lines.map((line) => {
      const [program = '', ...words] = plainWords(line) ?? [];
      return spawnSync(program, words, { encoding: 'utf8' }).stdout;
    });
    expect(own.join('')).toBe(shell.stdout);
  });

  test('agrees with the shell about every line that it splits', () => {
    const character = fc.constantFrom(...'ab0./:=@%+, \t-'.split(''));
    const lines = fc.sample(fc.string({ unit: character, minLength: 1, maxLength: 20 }), {
      numRuns: 300,
      seed: 7,
    });
    const split = lines.map((line) => plainWords(`program ${line}`) as string[]);
    expect(split.every((words) => words[0] === 'program')).toBe(true);
    const script = [
      'program() { printf "<%s>" "$@"; echo; }',
      ...lines.map((line) => `program ${line}`),
    ].join('\n');
    const shell = spawnSync('/bin/sh', ['-c', script], { encoding: 'utf8' });
    const own = split
      .map(
        (words) =>
          `${
            words
              .slice(1)
              .map((word) => `<${word}>`)
              .join('') || '<>'
          }\n`,
      )
      .join('');
    expect(shell.stdout).toBe(own);
  });
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
