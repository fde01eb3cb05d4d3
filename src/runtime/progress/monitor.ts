/** What a run shows of itself, from the coordinator's state. */
import type { FailedCase } from '../../coordinator/comm.js';
import type { FailureKind, Progress, RecentFailure } from '../api.js';
import type { Coordination } from '../coordinate.js';
import { queueBefore, queueOf } from '../queue-watch.js';
import { WorkerWatch } from '../worker-watch.js';
import { Eta } from './eta.js';
import { FailureLog } from './failure-log.js';
import { Rate } from './rate.js';

export interface MonitorStart {
  /** Cases asked for. */
  readonly total: number;
  /** Of these, done and failed before this session. */
  readonly before: number;
  readonly failedBefore: number;
  readonly failures: readonly FailureKind[];
  /** Bytes of the journal's files before this session. */
  readonly journalBytes: number;
  /** The journal that this session writes. */
  readonly journal: { readonly appended: number; readonly backlogBytes: number };
}

export class Monitor {
  readonly workers = new WorkerWatch();
  readonly #start: MonitorStart;
  readonly #failures: FailureLog;
  readonly #startedMs = performance.now();
  readonly #rate = new Rate();
  readonly #eta = new Eta();
  #coordination: Coordination | undefined;

  constructor(start: MonitorStart) {
    this.#start = start;
    this.#failures = new FailureLog(start.failures);
  }

  /** From now on the session's own counts are added. */
  watch(coordination: Coordination): void {
    this.#coordination = coordination;
  }

  failed(failed: FailedCase): RecentFailure {
    return this.#failures.add(failed, Date.now());
  }

  progress(phase: Progress['phase']): Progress {
    const { total, before, failedBefore, journalBytes, journal } = this.#start;
    const state = this.#coordination?.state;
    const now = performance.now();
    const done = before + (state?.durable ?? 0);
    const rate = this.#takeRate(now, done);
    const workers = state ? this.workers.look(state, now) : [];
    const byCounts = rate > 0 ? ((total - done) / rate) * 1000 : undefined;
    return {
      ...{ phase, total, done, before, rate },
      failed: failedBefore + (state?.durableFailed ?? 0),
      retries: state?.retries ?? 0,
      elapsedMs: now - this.#startedMs,
      etaMs: state?.options.ledger ? this.#eta.ms(state, workers, now) : byCounts,
      queue: state ? queueOf(state, now) : queueBefore(total - done),
      isThrottled: state?.isThrottled ?? false,
      journalBytes: journalBytes + journal.appended,
      backlogBytes: journal.backlogBytes,
      workers,
      slowest: state?.slowest.blocks ?? [],
      failures: this.#failures.kinds,
      recentFailures: this.#failures.recent,
    };
  }

  #takeRate(now: number, done: number): number {
    if (done === this.#start.before && (this.#coordination?.state.inFlight ?? 0) === 0) {
      this.#rate.restart(now, done);
    } else {
      this.#rate.add(now, done);
    }
    return this.#rate.perSecond();
  }
}
