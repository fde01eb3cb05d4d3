/** States of a run as its observers see them. */
import type { ExecutionStatistics } from '../../src/results/execution/statistics.js';
import type { Progress, WorkerProgress } from '../../src/runtime/api.js';
import type { LiveState } from '../../src/runtime/progress/live.js';

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
    queue: {
      waiting: 57_000,
      inFlight: 1_000,
      suspects: 0,
      backOff: 0,
      memory: 0,
      dependencies: 0,
      resources: 0,
      late: 0,
    },
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

/** The same as `live.json` shows it. */
export function liveAt(changes: Partial<LiveState> = {}): LiveState {
  return {
    ...progressAt(),
    ...{ version: 1, host: 'here', pid: 1234, sequence: 7, unlisted: 0 },
    writtenAt: '2026-01-01T10:00:08.000Z',
    ...changes,
  };
}

/** Four ranks that computed 100,000 cases in two seconds. */
export function statisticsAt(changes: Partial<ExecutionStatistics> = {}): ExecutionStatistics {
  return {
    totalTasks: 100_000,
    successful: 100_000,
    failed: 0,
    timeout: 0,
    cancelled: 0,
    retries: 0,
    timeouts: 0,
    totalTimeMs: 2_000,
    taskTimeMs: 7_200,
    avgTaskTimeMs: 0.072,
    minTaskTimeMs: 0.05,
    maxTaskTimeMs: 1.5,
    speedup: 3.6,
    utilisation: 0.9,
    overhead: { totalMs: 800, startMs: 500, betweenMs: 200, endMs: 100 },
    ranks: [0, 1, 2, 3].map((worker) => ({
      ...{ session: 0, worker, host: 'here', cases: 25_000, busyMs: 1_800, utilisation: 0.9 },
    })),
    ...changes,
  };
}
