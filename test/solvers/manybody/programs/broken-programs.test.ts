import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { CalculationSpec } from '../../../../src/solvers/manybody/task.js';
import { compute, failureOf, water } from './water.js';

const folder = mkdtempSync(join(tmpdir(), 'shoal-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A program of the user's that does what `script` says in the shell. */
function specOf(script: string, keywords: Record<string, unknown> = {}): CalculationSpec {
  const path = join(folder, `program-${Math.random().toString(36).slice(2)}`);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return {
    ...{ program: 'template', method: 'm', basis: 'b' },
    keywords: {
      command: [path, 'in'],
      files: { in: '{method}/{basis} {charge} {multiplicity}\n{atoms}\n' },
      unit: 'bohr',
      energy: { regex: 'E = (\\S+)' },
      gradient: { after: 'slopes', skip_columns: 1 },
      complete: 'bye',
      ...keywords,
    },
  };
}

const whole = 'echo E = -1.25; echo slopes; for i in 1 2 3; do echo $i 0.1 0.2 0.3D-1; done; echo; echo bye';

test("a user's own program gets its input from a template and gives numbers by rules", async () => {
  const spec = specOf(`cat in >&2; ${whole}`);
  const { result, input } = await compute(water, spec, 'gradient');
  expect(result.energy).toBe(-1.25);
  expect([...result.gradient!]).toEqual([0.1, 0.2, 0.03, 0.1, 0.2, 0.03, 0.1, 0.2, 0.03]);
  expect(input.split('\n').slice(0, 2)).toEqual(['m/b 0 1', 'O 0.0 0.1 0.22']);
});

test.each([
  {
    what: 'prints NaN',
    script: whole.replace('-1.25', 'NaN'),
    type: 'NotANumber',
    says: "the energy is 'NaN'",
  },
  { what: 'prints stars', script: whole.replace('-1.25', "'****'"), type: 'NotANumber', says: '\\*' },
  {
    what: 'leaves its last line out',
    script: whole.replace('echo bye', ''),
    type: 'OutputIncomplete',
    says: 'bye',
  },
  {
    what: 'cuts a number short',
    script: whole.replace('-1.25', '-1.25E-'),
    type: 'OutputIncomplete',
    says: '-1.25E-',
  },
  {
    what: 'cuts the gradient',
    script: whole.replace('1 2 3;', '1 2;'),
    type: 'OutputIncomplete',
    says: '6 numbers, not 9',
  },
  { what: 'crashes', script: 'kill -SEGV $$', type: 'Signal', says: 'SIGSEGV' },
  {
    what: 'fails',
    script: 'echo basis is singular >&2; exit 3',
    type: 'ProgramError',
    says: 'basis is singular',
  },
])('a program that $what has failed', async ({ script, type, says }) => {
  const failure = await failureOf(water, specOf(script), 'gradient');
  expect(failure.message).toMatch(new RegExp(says));
  expect(failure.type).toBe(type);
});

test('a program that hangs is ended with its time, and all that it started', async () => {
  const mark = `86${process.pid}`;
  const failure = await failureOf(water, specOf(`sleep ${mark} & sleep ${mark}`), 'energy', {
    timeoutMs: 300,
  });
  expect(failure.type).toBe('Timeout');
  const { execFileSync } = await import('node:child_process');
  const processes = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
  expect(processes.split('\n').filter((line) => line.includes(`sleep ${mark}`))).toEqual([]);
});

test('what a template does not say is a failure that says what it lacks', async () => {
  const { keywords } = specOf('true');
  const misspelt = { ...specOf('true'), keywords: { ...keywords, files: { in: '{atomz}' } } };
  expect((await failureOf(water, misspelt)).message).toMatch(/no value for \{atomz\}.*atoms/);
  const ghosts = { ...water, isGhost: [false, true, false] };
  expect((await failureOf(ghosts, specOf('true'))).message).toMatch(/ghost atoms.*keyword `ghost`/);
});

test('a program that is not there is missed by name', async () => {
  const spec = specOf('true', { command: ['no-such-program-here'] });
  expect(await failureOf(water, spec)).toEqual({
    type: 'ProgramMissing',
    message: 'there is no program no-such-program-here on this host',
  });
});
