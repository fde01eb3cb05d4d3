import { describe, expect, test } from 'vitest';
import { decode, encode } from '../../../src/codec/msgpack.js';
import { InputError } from '../../../src/errors/input-error.js';
import { createCaseSpace } from '../../../src/study/case-space.js';
import { studyOfCommands } from '../../../src/study/command/lines.js';
import type { Study } from '../../../src/study/study.js';

const studyOf = (text: string | Uint8Array, cwd = '/home/me') =>
  studyOfCommands(
    {
      path: '/home/me/list.txt',
      shown: 'list.txt',
      bytes: typeof text === 'string' ? Buffer.from(text) : text,
    },
    'list',
    cwd,
  );

function commandsOf({ cases }: Study): [line: number, command: string][] {
  const { line, command } = createCaseSpace(cases).fill(0, cases.count);
  return (command as string[]).map((text, i) => [(line as Float64Array)[i] as number, text]);
}

test('a line is a case; empty lines and comments are none, and line numbers stay those of the file', () => {
  const text = '# the first\n./a 1\n\n   \n\t ./b "x y" # trailing\r\n  # indented\n./c Ä > out';
  expect(commandsOf(studyOf(text))).toEqual([
    [2, './a 1'],
    [5, './b "x y" # trailing'],
    [7, './c Ä > out'],
  ]);
});

test('any part of them can be asked, also behind a message', () => {
  const lines = Array.from({ length: 3000 }, (_, i) => `run ${i} ${'é'.repeat(i % 5)}`);
  const { cases } = decode(encode(studyOf(`${lines.join('\n')}\n`))) as Study;
  const { command } = createCaseSpace(cases).fill(1234, 1500);
  expect(command).toEqual(lines.slice(1234, 2734));
});

test('the lines alone make the study', () => {
  const print = ({ fingerprint }: Study) => fingerprint;
  expect(print(studyOf('a\nb\n'))).toBe(print(studyOf('# more\na\r\n\n  b', '/elsewhere')));
  expect(print(studyOf('a\nb\n'))).not.toBe(print(studyOf('ab\n')));
  expect(print(studyOf('a b\n'))).not.toBe(print(studyOf('a  b\n')));
});

describe('refuses', () => {
  const refusal = (text: string | Uint8Array): string => {
    try {
      studyOf(text);
    } catch (error) {
      if (error instanceof InputError) return error.describe();
      throw error;
    }
    return 'accepted';
  };
  test.each<[string, string | Uint8Array, string]>([
    ['nothing', '', 'list.txt: no command'],
    ['nothing but comments', '# a\n\n#b\n', 'list.txt: no command'],
    ['bytes that are no text', Uint8Array.of(0x61, 0x0a, 0xff, 0x0a), 'list.txt:2: a line is no text'],
    ['the character NUL', 'a\0b', 'cannot hold the character NUL'],
    ['directives of disBatch', 'a\n#DISBATCH PREFIX cd x;\n', 'list.txt:2: directives of disBatch'],
  ])('%s', (_, text, message) => {
    expect(refusal(text)).toContain(message);
  });
});

test('a million lines are read in seconds, in memory like that of the file', () => {
  const text = Buffer.from('./solver --length 1.25 --amplitude 0.5\n'.repeat(1_000_000));
  const { cases } = studyOf(text);
  expect(cases.count).toBe(1_000_000);
  expect(createCaseSpace(cases).fill(999_999, 1)).toEqual({
    line: Float64Array.of(1_000_000),
    command: ['./solver --length 1.25 --amplitude 0.5'],
  });
});
