import type { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { caseClock } from '../../src/process/case-clock.js';

test('a clock that is closed at once is ended no sooner than its thread is up', async () => {
  const said: unknown[] = [];
  process.once('worker', (thread: Worker) => thread.on('message', (message) => said.push(message)));
  await caseClock(60_000).close();
  expect(said).toEqual(['up']);
});
