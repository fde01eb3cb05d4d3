/** The functions of the public API, which know the built-in solvers. */
import { createExecutor as createExecutorWith } from './api/executor.js';
import type { Executor } from './api/executor-handle.js';
import type { ExecutorOptions, PlanOptions, RunOptions } from './api/options.js';
import { plan as planWith } from './api/plan.js';
import type { GivenStudy, RunHandle, RunResults } from './api/run-handle.js';
import { start as startWith } from './api/start.js';
import type { Plan } from './runtime/plan.js';
import { solvers } from './solvers/index.js';

/**
 * Computes a study and resolves to its results when all is durable. On a run directory that holds the same study it
 * goes on where that was. Under an MPI launcher, ranks other than 0 compute and end here.
 *
 *     const results = await run('study.yaml', { ranks: 4 });
 *     for await (const { case: index, outputs } of results) console.log(index, outputs);
 *
 * Rejects with InputError for bad input and with EnvironmentError where there can be no results; a failed case is a row.
 */
export function run(study: GivenStudy, options: RunOptions = {}): Promise<RunResults> {
  return startWith(study, options, solvers).finished;
}

/** Begins a run and gives it in hand: `for await (const progress of running)`, `running.stop()`, `await using`. */
export function start(study: GivenStudy, options: RunOptions = {}): RunHandle {
  return startWith(study, options, solvers);
}

/** An executor for several studies; `await using executor = createExecutor({ executor: 'local', ranks: 4 })`. */
export function createExecutor(options: ExecutorOptions = {}): Executor {
  return createExecutorWith(options, solvers);
}

/**
 * What a run would compute and store, and how long it would take by each strategy: `plan('study.yaml', { ranks: [4, 16] })`.
 * Computes and writes nothing. Rejects with InputError and EnvironmentError as a run would.
 */
export function plan(study: GivenStudy, options: PlanOptions = {}): Promise<Plan> {
  return planWith(study, options, solvers);
}
