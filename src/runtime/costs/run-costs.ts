/** Of one session: what is known of costs, what it is predicted to take, and what is learned from it. */
import { CostLedger } from '../../schedule/cost-ledger.js';
import type { CostModel } from '../../schedule/costs.js';
import type { KeptCosts } from '../../schedule/kept-costs.js';
import type { TaskSet } from '../../schedule/tasks/task-set.js';
import type { Chunk } from '../../schedule/work-queue.js';
import { forecast } from '../../simulate/forecast.js';
import type { Strategy } from '../../study/study.js';
import type { Prediction } from '../api.js';
import { constraintsOf } from '../constraints.js';
import { costSubject, keepCosts, shareCosts } from './cost-memory.js';
import { type KnownCosts, type KnownCostsRequest, knownCosts, workersOf } from './known-costs.js';

export interface RunCostsRequest extends KnownCostsRequest {
  /** Cases to compute; at least one. */
  readonly ranges: readonly Readonly<Chunk>[];
  /** What cases wait for, and which failed in earlier sessions. */
  readonly tasks?: { readonly set: TaskSet; readonly failed: Iterable<number> } | undefined;
  /** All workers are on this host. */
  readonly isLocal: boolean;
  readonly onCacheFailure: (error: Error) => void;
}

/** Enough to be right within a few per cent; it is simulated while the ranks come up. */
const mostTasks = 1500;

export class RunCosts {
  readonly ledger: CostLedger;
  readonly #request: RunCostsRequest;
  readonly #known: KnownCosts;
  #predictedMs: number | undefined;
  #beganMs: number | undefined;

  constructor(request: RunCostsRequest) {
    this.#request = request;
    this.#known = knownCosts(request);
    this.ledger = new CostLedger(request.ranges, this.#known.model, this.#known.costs);
  }

  /** For the scheduler. */
  get model(): CostModel | undefined {
    return this.#known.model;
  }

  /** For the session's facts: what it will take from the first worker's readiness on, where times are known. */
  predict(
    ranks: number,
    strategy: Strategy,
    chunk: number | 'auto',
  ): { readonly predictedMs?: number; readonly predictedBy?: string } {
    const { model, costs, source } = this.#known;
    const { ranges, study } = this.#request;
    if (!costs || source === undefined) return {};
    const workers = workersOf(ranks, study);
    const { set, failed = [] } = this.#request.tasks ?? {};
    const waits = constraintsOf({
      ...{ study, set, failed, model },
      cases: ranges.reduce((sum, { count }) => sum + count, 0),
      ...(this.#request.isLocal && { hostWorkers: workers }),
    });
    if (waits === 'left out') return {};
    const constraints = waits === 'none' ? undefined : waits;
    const strategies = [strategy];
    const { runs } = forecast({ ranges, model, costs, workers, chunk, strategies, mostTasks, constraints });
    this.#predictedMs = Math.round(runs[0]!.makespan);
    return { predictedMs: this.#predictedMs, predictedBy: source };
  }

  /** A worker is ready, or one more is. */
  begin(): void {
    this.#beganMs ??= performance.now();
  }

  /** Everything is computed, or what can be: keeps what was learned, and says how good the predictions were. */
  end(isCompleted: boolean): Prediction | undefined {
    const tookMs = this.#beganMs === undefined ? undefined : performance.now() - this.#beganMs;
    const learned = this.ledger.keep();
    if (learned) this.#keep(learned);
    const costs = learned && this.#costsBy(learned);
    const { source } = this.#known;
    const makespan =
      isCompleted && tookMs !== undefined && this.#predictedMs !== undefined && source !== undefined
        ? { predictedMs: this.#predictedMs, tookMs: Math.round(tookMs), source }
        : undefined;
    if (!costs && !makespan) return undefined;
    return { ...(makespan && { makespan }), ...(costs && { costs }) };
  }

  /** What cannot be kept makes the next run begin with less, and is no reason to fail this one. */
  #keep(costs: KeptCosts): void {
    const { study, kernel, runDir, onNotice, onCacheFailure } = this.#request;
    const subject = costSubject(study, kernel);
    try {
      keepCosts(runDir, subject, costs);
    } catch (error) {
      onNotice((error as Error).message);
    }
    try {
      shareCosts(subject, costs);
    } catch (error) {
      onCacheFailure(error as Error);
    }
  }

  #costsBy({ blocks, scatter, learned }: KeptCosts): Prediction['costs'] {
    if (scatter === undefined) return undefined;
    switch (this.#known.model?.kind) {
      case undefined:
        return undefined;
      case 'known':
        return { by: 'formula', scatter, blocks };
      case 'features': {
        const exponents = Array.from(learned?.exponents ?? []);
        return { by: 'features', exponents, scatter, blocks };
      }
      default:
        return this.#known.model satisfies never;
    }
  }
}
