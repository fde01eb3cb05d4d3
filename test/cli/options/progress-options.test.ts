import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CommandContext, TextOutput } from '../../../src/cli/context.js';
import {
  createReporter,
  type ProgressOptions,
  readProgressOptions,
} from '../../../src/cli/options/progress-options.js';
import { InputError } from '../../../src/errors/input-error.js';
import type { ParentFacts } from '../../../src/launch/parent-link.js';
import { thisProcess } from '../../../src/process/identity.js';
import { progressAt } from '../../observe/support.js';

const supervisor = thisProcess();

let folder: string;
let err: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shoal-progress-'));
  err = '';
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What one state, one notice and the end leave on standard error. */
function shown(
  options: Partial<ProgressOptions>,
  stderr: Partial<TextOutput> = {},
  parent?: ParentFacts,
): string {
  const context = {
    stderr: { write: (text: string) => (err += text), ...stderr },
    environment: { LANG: 'C.UTF-8' },
    cwd: folder,
  } as unknown as CommandContext;
  const reporter = createReporter('x', { kind: undefined, file: undefined, ...options }, context, parent);
  reporter.onProgress(progressAt());
  reporter.onNotice('hm');
  reporter.onFinished(undefined);
  return err;
}

describe('what is shown', () => {
  const terminal = { isTTY: true, columns: 100 };
  const bar = /^\r.*━.*note: hm\n.*━.*\n$/s;
  const plain = /^note: hm\nx: 42 %.*busy\n$/;

  test.each([
    ['a bar on a terminal', {}, terminal, bar],
    ['plain lines elsewhere', {}, {}, plain],
    ['plain lines on a terminal that ask for them', { kind: 'plain' }, terminal, plain],
    ['a bar where it is asked for, terminal or not', { kind: 'bar' }, {}, bar],
    ['JSON lines', { kind: 'json' }, terminal, /^\{"event":"progress".*\}\n\{"event":"notice".*\}\n.*\n$/],
    ['notices alone', { kind: 'none' }, terminal, /^note: hm\n$/],
  ] as [string, Partial<ProgressOptions>, Partial<TextOutput>, RegExp][])(
    '%s',
    (_, options, stderr, expected) => {
      expect(shown(options, stderr)).toMatch(expected);
    },
  );

  test('a bar on the terminal of the shoal that called mpirun', () => {
    expect(shown({}, {}, { folder: '', supervisor, startedAtMs: 0, restarts: 0, columns: 100 })).toMatch(bar);
  });

  test('and JSON lines in a file of the current folder, beside it', () => {
    expect(shown({ kind: 'none', file: 'p.jsonl' })).toBe('note: hm\n');
    expect(readFileSync(join(folder, 'p.jsonl'), 'utf8')).toMatch(
      /^\{"event":"progress".*\}\n\{"event":"notice".*\}\n\{"event":"finished".*\}\n$/,
    );
  });
});

describe('the options', () => {
  test('--quiet is --progress none, also where a variable asks for more', () => {
    expect(readProgressOptions({ quiet: true }).kind).toBe('none');
    expect(readProgressOptions({ quiet: true, SHOAL_PROGRESS: 'bar' }).kind).toBe('none');
    expect(readProgressOptions({ SHOAL_PROGRESS: 'bar' }).kind).toBe('bar');
  });

  test.each([{ progress: 'rainbow' }, { progress: 'bar', quiet: true }])('%j is refused', (args) => {
    expect(() => readProgressOptions(args)).toThrow(InputError);
  });
});
