import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { commandList } from '../../../src/process/spawn/command-list.js';
import { type ExpandedCommand, expandCommand } from '../../../src/process/spawn/expand-command.js';

const environment = {
  HOME: '/home/me',
  SPLIT: 'two words',
  PATTERN: '/bin/*sh',
  EMPTY: '',
  QUOTES: `'"\\$HOME`,
  SOLVER: 'echo',
  CASE: '7',
};

/** What is started for the only command of a line; undefined where that is the shell's. */
function expand(line: string): ExpandedCommand | undefined {
  const [step, ...others] = commandList(line) ?? [];
  if (step?.action.kind !== 'program' || others.length > 0) return undefined;
  return expandCommand(step.action.command, '/study', (name) =>
    Object.hasOwn(environment, name) ? environment[name as keyof typeof environment] : undefined,
  );
}

describe('a command that needs no shell', () => {
  test.each<[string, string[]]>([
    ['./solver --length 1.5  --out=a/b.txt', ['./solver', '--length', '1.5', '--out=a/b.txt']],
    ['\tpython3 me@host 50% a,b +1 x:y ', ['python3', 'me@host', '50%', 'a,b', '+1', 'x:y']],
    [`prog 'a b' "c d" e' 'f "" ''`, ['prog', 'a b', 'c d', 'e f', '', '']],
    [`prog "\\"\\\\\\$\\x" \\"\\ \\$ 'a\\'`, ['prog', '"\\$\\x', '" $', 'a\\']],
    [
      `"$HOME/bin/prog" $CASE x\${CASE}y "$SPLIT" "$EMPTY"`,
      ['/home/me/bin/prog', '7', 'x7y', 'two words', ''],
    ],
    [
      `prog "$PATTERN" "$QUOTES" '$HOME' "it's" 'ä é'`,
      ['prog', '/bin/*sh', `'"\\$HOME`, '$HOME', "it's", 'ä é'],
    ],
    ['echo 1.5 a,b', ['echo', '1.5', 'a,b']],
    ['prog A=1 2 a2>out', ['prog', 'A=1', '2', 'a2']],
  ])('has the words of %j', (line, words) => {
    expect(expand(line)?.argv).toEqual(words);
  });

  test('has variables of its own, each as a whole', () => {
    expect(expand(`A=1 B= C="x y" D=$SPLIT E=a=b prog $CASE`)).toMatchObject({
      argv: ['prog', '7'],
      variables: { A: '1', B: '', C: 'x y', D: 'two words', E: 'a=b' },
    });
  });

  test('has its streams in files, in the order in which they are named', () => {
    expect(expand('prog <in >> "$CASE.log" 2>&1')?.redirections).toEqual([
      { kind: 'file', stream: 0, mode: 'read', path: '/study/in' },
      { kind: 'file', stream: 1, mode: 'append', path: '/study/7.log' },
      { kind: 'copy', stream: 2, from: 1 },
    ]);
    expect(expand('prog 2>/dev/null>out >&2 x')).toMatchObject({
      argv: ['prog', 'x'],
      redirections: [
        { stream: 2, mode: 'write', path: '/dev/null' },
        { stream: 1, mode: 'write', path: '/study/out' },
        { kind: 'copy', stream: 1, from: 2 },
      ],
    });
  });

  test.each([
    ['an empty line', '  '],
    ['a pipe', 'a | b'],
    ['the background', 'a &'],
    ['both streams as in bash', 'a &> b'],
    ['a text that follows', 'a << b'],
    ['other streams', 'a 3> b'],
    ['numbers of two digits', 'a 12> b'],
    ['a closed stream', 'a 2>&-'],
    ['a file to read and write', 'a <> b'],
    ['a file that is replaced by force', 'a >| b'],
    ['a redirection without a file', 'a >'],
    ['a redirection alone', '> b'],
    ['a name that may be empty', 'a > "$EMPTY"'],
    ['a value to split', 'a $SPLIT'],
    ['a value that is a pattern', 'a $PATTERN'],
    ['a value that leaves no word', 'a $EMPTY'],
    ['a variable that is not there', 'a "$GONE"'],
    ["a variable of the shell's", 'a "$PWD"'],
    ['a parameter of the shell', 'a "$1" "$$"'],
    ['a default', `a "\${CASE:-1}"`],
    ['a command inside', 'a $(b)'],
    ['the same between quotes', 'a "`b`"'],
    ['a sum', 'a $((1))'],
    ['a quote that does not end', `a 'b`],
    ['two quotes that do not end', 'a "b'],
    ['a line that does not end', 'a \\'],
    ['text in the form of bash', `a $'b'`],
    ['a pattern', 'ls *.txt'],
    ['a home folder', 'ls ~'],
    ['braces', 'echo {1..3}'],
    ['a comment', 'a # b'],
    ['variables alone', 'A=1'],
    ['a variable from another', 'A=1 B=$A a'],
    ['another place for programs', 'PATH=/bin a'],
    ['an element of an array', 'A[1]=2 a'],
    ['a command that shells have built in', 'printf hello'],
    ['the same by a variable', `P=1 "printf" hello`],
    ['an echo with options', 'echo -n hello'],
    ['an echo with backslashes', `echo 'a\\nb'`],
    ['the same in a value', 'echo "$QUOTES"'],
    ['a keyword', 'time sleep'],
    ['a negation', '! a'],
    ['letters beyond ASCII without quotes', 'ls Ä'],
    ['two lines', 'a\nb'],
  ])('is not seen in %s', (_, line) => {
    expect(expand(line)).toBeUndefined();
  });

  test.each(['/bin/sh', '/bin/bash', '/bin/dash'].filter(existsSync))(
    'has the words that %s gives it',
    (shell) => {
      const piece = fc.constantFrom(
        ...["'", '"', '\\', ' ', '$', '=', '~', '>', '2', 'a', '-', '{', '}', '#', 'é', '*'],
        ...[
          '$CASE',
          '"$SPLIT"',
          `\${HOME}`,
          '$EMPTY',
          "'x y'",
          '"x  y"',
          '\\$',
          'A=',
          '"\\"',
          '2>&1',
          '>/dev/null',
        ],
      );
      const lines = fc
        .sample(fc.array(piece, { minLength: 1, maxLength: 9 }), { numRuns: 3_000, seed: 7 })
        .map((pieces) => `program ${pieces.join('')}`)
        .filter((line) => expand(line)?.redirections.every(isInFolder));
      expect(lines.length).toBeGreaterThan(300);
      const words = (argv: readonly string[]) => `${argv.map((word) => `<${word}>`).join('')}\n`;
      const script = [
        'program() { { printf "<program>"; [ $# -eq 0 ] || printf "<%s>" "$@"; echo; } >&3; }',
        ...lines,
      ].join('\n');
      const folder = mkdtempSync(join(tmpdir(), 'shoal-words-'));
      const run = spawnSync(shell, ['-c', script], {
        cwd: folder,
        env: environment,
        encoding: 'utf8',
        stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
      });
      rmSync(folder, { recursive: true });
      expect(run.output[3]).toBe(lines.map((line) => words(expand(line)?.argv ?? [])).join(''));
    },
  );
});

/** Files that a shell can always make. */
function isInFolder(redirection: ExpandedCommand['redirections'][number]): boolean {
  return redirection.kind === 'copy' || /^\/study\/[^/.][^/]*$/.test(redirection.path);
}
