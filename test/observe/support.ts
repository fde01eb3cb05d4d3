/** States of a run as its observers see them. */
import type { Progress, WorkerProgress } from '../../src/runtime/api.js';

export function workerAt(worker: number, changes: Partial<WorkerProgress> = {}): WorkerProgress {
  return { worker, host: 'here', state: 'busy', done: 0, failed: 0, rate: 0, ...changes };
}

/** A run of 100,000 cases on four ranks, one of them idle. */
export function progressAt(changes: Partial<Progress> = {}): Progress {
  return {
    phase: 'running',
    total: 100_000,
    done: 42_000,
    failed: 0,
    retries: 0,
    before: 0,
    elapsedMs: 8_000,
    rate: 5_120,
    etaMs: 11_300,
    queue: { waiting: 57_000, inFlight: 1_000, suspects: 0 },
    isThrottled: false,
    journalBytes: 3 << 20,
    backlogBytes: 0,
    workers: [0, 1, 2, 3].map((worker) =>
      workerAt(worker, { state: worker < 3 ? 'busy' : 'idle', done: 10_500, rate: 1_280 }),
    ),
    slowest: [],
    failures: [],
    recentFailures: [],
    ...changes,
  };
}
