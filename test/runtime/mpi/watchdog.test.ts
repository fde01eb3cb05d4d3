import type { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { startWatchdog } from '../../../src/runtime/mpi/watchdog.js';
import { program } from '../../program.js';

test('a watchdog that is closed at once is ended no sooner than it has loaded its parts', async () => {
  program();
  const said: unknown[] = [];
  process.once('worker', (thread: Worker) => thread.on('message', (message) => said.push(message)));
  const watchdog = startWatchdog(1, { timeoutMs: 60_000, stallMs: Number.POSITIVE_INFINITY });
  await watchdog.close();
  expect(said).toEqual(['up']);
});
