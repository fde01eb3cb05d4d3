/** An executor as a program holds it. Types only. */
import type { ExecutorOptions, PlainExecutor, RunOptions } from './options.js';
import type { GivenStudy, RunHandle, RunResults } from './run-handle.js';

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
