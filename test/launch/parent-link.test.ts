import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  forgetReport,
  isSaid,
  listenToParent,
  parentEnvironment,
  readParent,
  readReport,
  writeReport,
} from '../../src/launch/parent-link.js';
import { thisProcess } from '../../src/process/identity.js';
import type { RunOutcome } from '../../src/runtime/api.js';

const supervisor = thisProcess();

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shoal-parent-'));
});

afterEach(() => rm(folder, { recursive: true }));

test('what the parent says arrives through the environment', () => {
  const facts = {
    folder: '/tmp/a b/"c"',
    supervisor,
    startedAtMs: 0,
    restarts: 2,
    columns: 120,
    isColored: true,
  };
  expect(readParent(parentEnvironment(facts))).toEqual(facts);
  expect(readParent({})).toBeUndefined();
});

test('the last word of rank 0 comes back whole, under no other name, and is forgotten for the next start', async () => {
  const facts = { folder, supervisor, startedAtMs: 0, restarts: 0 };
  expect(await readReport(folder)).toBeUndefined();
  await writeReport(facts, { kind: 'begun' });
  expect(await readReport(folder)).toEqual({ kind: 'begun' });
  const outcome = { state: 'completed', done: 3 } as RunOutcome;
  await writeReport(facts, { kind: 'ended', outcome, isCut: false });
  expect(await readReport(folder)).toEqual({ kind: 'ended', outcome, isCut: false });
  expect(await readdir(folder)).toEqual(['report.json']);
  await forgetReport(folder);
  expect(await readReport(folder)).toBeUndefined();
});

test('a report that cannot be read is an error, not a missing one', async () => {
  await writeFile(join(folder, 'report.json'), '{');
  await expect(readReport(folder)).rejects.toThrow(SyntaxError);
});

test('a notice is new once, over all starts of the job', () => {
  expect(isSaid({ folder, supervisor, startedAtMs: 0, restarts: 0 }, 'no C kernel')).toBe(false);
  expect(isSaid({ folder, supervisor, startedAtMs: 0, restarts: 0 }, 'no C')).toBe(false);
  expect(isSaid({ folder, supervisor, startedAtMs: 0, restarts: 1 }, 'no C kernel')).toBe(true);
  expect(isSaid({ folder, supervisor, startedAtMs: 0, restarts: 2 }, 'no C')).toBe(true);
});

describe('rank 0 is asked to stop once', () => {
  const input = (): PassThrough & { unref(): void } => Object.assign(new PassThrough(), { unref: () => {} });

  test.each([
    ['by a byte', (stream: PassThrough) => stream.write('stop\n'), 'asked'],
    ['by the end of a dead parent', (stream: PassThrough) => stream.end(), 'gone'],
    ['by both', (stream: PassThrough) => stream.end('stop\n'), 'asked'],
  ])('%s', async (_, tell, expected) => {
    const words: string[] = [];
    const stream = input();
    listenToParent((word) => words.push(word), stream as unknown as NodeJS.ReadStream);
    tell(stream);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(words).toEqual([expected]);
  });
});
