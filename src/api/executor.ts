/** An executor that is made once and runs any number of studies in the same way. */
import type { Solver } from '../study/solver.js';
import type { Executor } from './executor-handle.js';
import { chooseExecutor } from './executors.js';
import type { ExecutorOptions } from './options.js';
import type { RunHandle } from './run-handle.js';
import { settleOptions } from './settle-options.js';
import { start } from './start.js';

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
