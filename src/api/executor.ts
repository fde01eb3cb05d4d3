/** An executor that is made once and runs any number of studies in the same way. */
import type { Solver } from '../study/solver.js';
import { chooseExecutor, type PlainExecutor } from './executors.js';
import type { ExecutorOptions, RunOptions } from './options.js';
import { settleOptions } from './settle-options.js';
import { type GivenStudy, type RunHandle, type RunResults, start } from './start.js';

export interface ExecutorInfo {
  readonly name: PlainExecutor;
  /** Processes that compute. */
  readonly ranks: number;
  /** Runs that have not ended. */
  readonly running: number;
}

/** Disposing it stops its runs and waits for them; using it afterwards is an error. */
export interface Executor extends AsyncDisposable {
  info(): ExecutorInfo;
  start(study: GivenStudy, options?: Omit<RunOptions, keyof ExecutorOptions>): RunHandle;
  run(study: GivenStudy, options?: Omit<RunOptions, keyof ExecutorOptions>): Promise<RunResults>;
  close(): Promise<void>;
}

/** Throws InputError for options that cannot be used. */
export function createExecutor(options: ExecutorOptions, solvers: readonly Solver[]): Executor {
  const settled = settleOptions(options, process.env);
  const name = chooseExecutor(settled.executor);
  const running = new Set<RunHandle>();
  let isClosed = false;
  const begin: Executor['start'] = (study, more = {}) => {
    if (isClosed) throw new Error('the executor is closed');
    const handle = start(study, { ...more, ...options }, solvers);
    running.add(handle);
    const forget = (): unknown => running.delete(handle);
    handle.finished.then(forget, forget);
    return handle;
  };
  const close = async (): Promise<void> => {
    isClosed = true;
    await Promise.all([...running].map((handle) => handle[Symbol.asyncDispose]()));
  };
  return {
    info: () => ({ name, ranks: name === 'sequential' ? 1 : settled.ranks, running: running.size }),
    start: begin,
    run: (study, more) => begin(study, more).finished,
    close,
    [Symbol.asyncDispose]: close,
  };
}
