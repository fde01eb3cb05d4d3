/** What a run shows of itself, from the coordinator's state. */

import type { WorkerState } from '../coordinator/state.js';
import type { Progress, WorkerProgress } from './api.js';
import type { Coordination } from './coordinate.js';

/** The rate is taken over this time: long enough to be steady, short enough to be of now. */
const windowMs = 5_000;

interface Sample {
  readonly ms: number;
  readonly done: number;
}

export interface MonitorStart {
  /** Cases asked for. */
  readonly total: number;
  /** Of these, done and failed before this session. */
  readonly before: number;
  readonly failedBefore: number;
}

export class Monitor {
  readonly #start: MonitorStart;
  readonly #startedMs = performance.now();
  #samples: Sample[] = [];
  #coordination: Coordination | undefined;

  constructor(start: MonitorStart) {
    this.#start = start;
  }

  /** From now on the session's own counts are added. */
  watch(coordination: Coordination): void {
    this.#coordination = coordination;
  }

  progress(phase: Progress['phase']): Progress {
    const coordination = this.#coordination;
    const { total, before, failedBefore } = this.#start;
    const state = coordination?.state;
    const now = performance.now();
    const done = before + (state?.durable ?? 0);
    const rate = this.#rate(now, done);
    return {
      phase,
      total,
      done,
      failed: failedBefore + (state?.durableFailed ?? 0),
      before,
      elapsedMs: now - this.#startedMs,
      rate,
      etaMs: rate > 0 ? ((total - done) / rate) * 1000 : undefined,
      workers: coordination ? workersOf(coordination) : [],
    };
  }

  #rate(now: number, done: number): number {
    this.#samples.push({ ms: now, done });
    this.#samples = this.#samples.filter((sample) => now - sample.ms <= windowMs);
    const oldest = this.#samples[0] as Sample;
    return now > oldest.ms ? ((done - oldest.done) / (now - oldest.ms)) * 1000 : 0;
  }
}

function workersOf({ state, hosts }: Coordination): WorkerProgress[] {
  return [...state.workers.values()].map((entry) => ({
    worker: entry.worker,
    host: hosts.get(entry.worker) ?? '',
    state: stateOf(entry),
    done: entry.done,
  }));
}

function stateOf({ status, isLost, outstanding }: WorkerState): WorkerProgress['state'] {
  if (isLost) return 'lost';
  if (status === 'joining') return 'joining';
  return outstanding.length > 0 ? 'busy' : 'idle';
}
