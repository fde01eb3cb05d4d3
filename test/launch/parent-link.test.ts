import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  listenToParent,
  parentEnvironment,
  readOutcome,
  readParent,
  writeOutcome,
} from '../../src/launch/parent-link.js';
import type { RunOutcome } from '../../src/runtime/api.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shoal-parent-'));
});

afterEach(() => rm(folder, { recursive: true }));

test('what the parent says arrives through the environment', () => {
  const facts = { outcomeFile: '/tmp/a b/"c".json', columns: 120, isColored: true };
  expect(readParent(parentEnvironment(facts))).toEqual(facts);
  expect(readParent({})).toBeUndefined();
});

test('the outcome comes back whole, and under no other name', async () => {
  const outcomeFile = join(folder, 'outcome.json');
  expect(await readOutcome(outcomeFile)).toBeUndefined();
  await writeOutcome({ outcomeFile }, { state: 'completed', done: 3 } as RunOutcome);
  expect(await readOutcome(outcomeFile)).toEqual({ state: 'completed', done: 3 });
  expect(await readdir(folder)).toEqual(['outcome.json']);
});

test('an outcome that cannot be read is an error, not a missing one', async () => {
  const file = join(folder, 'outcome.json');
  await writeFile(file, '{');
  await expect(readOutcome(file)).rejects.toThrow(SyntaxError);
});

describe('rank 0 is asked to stop once', () => {
  const input = (): PassThrough & { unref(): void } => Object.assign(new PassThrough(), { unref: () => {} });

  test.each([
    ['by a byte', (stream: PassThrough) => stream.write('stop\n')],
    ['by the end of a dead parent', (stream: PassThrough) => stream.end()],
    ['by both', (stream: PassThrough) => stream.end('stop\n')],
  ])('%s', async (_, tell) => {
    let count = 0;
    const stream = input();
    listenToParent(() => count++, stream as unknown as NodeJS.ReadStream);
    tell(stream);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(count).toBe(1);
  });
});
