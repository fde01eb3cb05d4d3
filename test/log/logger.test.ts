import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLogger } from '../../src/log/logger.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shoal-log-'));
});

afterEach(() => rm(folder, { recursive: true }));

test('each line is a JSON object with time, level, bindings and facts, there as soon as it is logged', async () => {
  const file = join(folder, 'log.jsonl');
  const logger = createLogger(file, { rank: 0 });
  logger.info({ cases: 7 }, 'run begins');
  logger.error({ err: new Error('broken') }, 'rank lost');
  const lines = (await readFile(file, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines[0]).toMatchObject({ level: 'info', rank: 0, cases: 7, msg: 'run begins' });
  expect(lines[0].time).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
  expect(lines[1]).toMatchObject({ level: 'error', err: { type: 'Error', message: 'broken' } });
});

test('a second session goes on behind the first', async () => {
  const file = join(folder, 'log.jsonl');
  createLogger(file).info('first');
  createLogger(file).info('second');
  expect((await readFile(file, 'utf8')).trimEnd().split('\n')).toHaveLength(2);
});
