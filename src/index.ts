/** The public API: what programs, kernels and studies import from `shoal`. The MPI binding is `shoal/mpi`. */
export type { Executor, ExecutorInfo } from './api/executor-handle.js';
export type {
  ExecutionOptions,
  ExecutorKind,
  ExecutorOptions,
  PlanOptions,
  RunOptions,
} from './api/options.js';
export { type ConsoleStream, consoleReporter, fileReporter } from './api/reporters.js';
export { openResults, type ResultColumns, type ResultRow, type RunData } from './api/results.js';
export type { GivenStudy, RunHandle, RunResults } from './api/run-handle.js';
export type { CaseStatus, Failure } from './codec/block.js';
export type { ColumnData, ColumnSpec, Columns, Dtype } from './codec/columns.js';
export { createExecutor, plan, run, start } from './entry-points.js';
export { EnvironmentError } from './errors/environment-error.js';
export { InputError } from './errors/input-error.js';
export type {
  BatchKernel,
  CaseKernel,
  ColumnDeclaration,
  InputValues,
  ModuleContext,
  OutputValues,
} from './kernels/define.js';
export { defineKernel } from './kernels/define.js';
export type { KernelContext } from './kernels/kernel.js';
export { jsonLinesReporter } from './observe/reporters/json-lines.js';
export type { Reporter } from './observe/reporters/reporter.js';
export type { ExecutionStatistics } from './results/execution/statistics.js';
export type {
  FailureKind,
  Prediction,
  Progress,
  RecentFailure,
  RunOutcome,
  RunStart,
  WorkerProgress,
} from './runtime/api.js';
export type { Plan, RanksForecast } from './runtime/plan.js';
export { defineStudy } from './study/define.js';
export type { KernelInput, ParameterInput, StudyInput } from './study/study-input.js';
