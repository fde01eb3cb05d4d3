/**
 * Ends this process when a case takes longer than it may, for kernels that live in a process which cannot be spared. It
 * may be inside any call, and hears nothing then: a thread watches it.
 */
import { writeSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { exitProcessSource } from '../ffi/koffi.js';

export interface CaseClock {
  begin(index: number): void;
  end(): void;
  /** Idempotent. */
  close(): Promise<void>;
}

/** Cells: the case, and when it began on the clock that both threads have; 0 while there is none. */
const cells = 2;

const program = () => `
const { writeSync } = require('node:fs');
const { parentPort, workerData: { memory, limitMs } } = require('node:worker_threads');
${exitProcessSource()}
parentPort.postMessage('up');
const cells = new Float64Array(memory);
setInterval(() => {
  const [index, began] = cells;
  if (began === 0 || Number(process.hrtime.bigint() / 1000000n) - began <= limitMs) return;
  writeSync(2, 'case ' + index + ' has taken longer than ' + limitMs / 1000 + ' s, and nothing but the end of its ranks ends it\\n');
  exitProcess(2);
}, Math.min(1000, Math.max(20, limitMs / 20)));
`;

/** No thread where there is no limit. */
export function caseClock(limitMs: number): CaseClock {
  if (!Number.isFinite(limitMs)) return { begin: () => {}, end: () => {}, close: async () => {} };
  const memory = new SharedArrayBuffer(cells * 8);
  const worker = new Worker(program(), { eval: true, workerData: { memory, limitMs } });
  worker.unref();
  // koffi ends the whole process when the thread in which it is being loaded is ended.
  const isUp = new Promise<void>((resolve) => {
    worker.once('message', () => resolve());
    worker.once('exit', () => resolve());
  });
  worker.on('error', (error) => writeSync(2, `cases are not timed: ${error.message}\n`));
  const shared = new Float64Array(memory);
  return {
    begin: (index) => {
      shared[0] = index;
      shared[1] = Number(process.hrtime.bigint() / 1_000_000n);
    },
    end: () => {
      shared[1] = 0;
    },
    close: async () => {
      worker.ref();
      await isUp;
      await worker.terminate();
    },
  };
}
