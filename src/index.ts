/** The public API: what a user's kernels and studies import from `shoal`. The MPI binding is `shoal/mpi`. */
export type { CaseStatus, Failure } from './codec/block.js';
export type { ColumnData, ColumnSpec, Columns, Dtype } from './codec/columns.js';
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
export { defineStudy } from './study/define.js';
export type { KernelInput, ParameterInput, StudyInput } from './study/study-input.js';
