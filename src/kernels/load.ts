/** From a study to its kernel: once at rank 0, and then at every rank. */
import type { ColumnSpec } from '../codec/columns.js';
import { EnvironmentError } from '../errors/environment-error.js';
import { InputError } from '../errors/input-error.js';
import type { Comm } from '../mpi/index.js';
import type { KernelForm, KernelMaker, Solver, SolverRequest } from '../study/solver.js';
import type { KernelSource, Study, UserKernelSource } from '../study/study.js';
import { calculatorNames } from '../study/turns.js';
import { commandKernel } from './command/kernel.js';
import { compileKernel } from './compile.js';
import { checkInputs, convertInputs } from './inputs.js';
import type { Kernel, ReadyKernel } from './kernel.js';
import { libraryKernel } from './library.js';
import { moduleKernel } from './module.js';
import { batchRunner } from './run-batch.js';
import { packShared } from './shared.js';
import { formOf, kernelInTurns } from './turns.js';

export interface PreparedKernel {
  /** Computed once and broadcast with the study: plain data that MessagePack carries. */
  readonly shared: unknown;
  /** The form that every rank must run, so that results are bit-identical whoever computes them. */
  readonly form: KernelForm;
}

/** At rank 0: chooses the form, and computes what all ranks share. `runDir` keeps what commands print. */
export function prepareKernel(study: Study, solvers: readonly Solver[], runDir: string): PreparedKernel {
  switch (study.kernel.kind) {
    case 'solver': {
      const solver = named(study.kernel.name, solvers);
      const [form] = solver.forms();
      if (form === undefined) {
        throw new EnvironmentError(`no form of the kernel ${solver.name} runs on this machine`);
      }
      return { shared: solver.prepare(requestOf(study)), form };
    }
    case 'module':
    case 'library':
      return { shared: undefined, form: forms[study.kernel.kind] };
    case 'command':
      return { shared: { runDir }, form: forms.command };
    case 'turns':
      return { shared: { runDir }, form: formOf(study.kernel.members.map(({ kind }) => forms[kind])) };
    default:
      return study.kernel satisfies never;
  }
}

const forms = {
  module: 'typescript',
  library: 'c',
  command: 'command',
} as const satisfies Record<UserKernelSource['kind'], KernelForm>;

/**
 * At each rank: the kernel in the form that rank 0 chose. Throws EnvironmentError when this machine cannot run
 * that form, InputError when the kernel does not fit the study. `comm`: of the ranks that compute a case together.
 */
export async function loadKernel(
  study: Study,
  makers: readonly KernelMaker[],
  shared: unknown,
  form: KernelForm,
  comm?: () => Comm,
): Promise<ReadyKernel> {
  const source = study.kernel;
  switch (source.kind) {
    case 'solver': {
      const maker = named(source.name, makers);
      return ready(await maker.kernel(requestOf(study), shared, form, study.execution));
    }
    case 'module':
    case 'library':
    case 'command':
      return loadUserKernel(source, study, shared, comm);
    case 'turns': {
      const members: ReadyKernel[] = [];
      for (const member of source.members) members.push(await loadUserKernel(member, study, shared));
      return kernelInTurns(members, calculatorNames(source));
    }
    default:
      return source satisfies never;
  }
}

async function loadUserKernel(
  source: UserKernelSource,
  study: Study,
  shared: unknown,
  comm?: () => Comm,
): Promise<ReadyKernel> {
  switch (source.kind) {
    case 'module':
      return fitted(await moduleKernel(source, study.shared, study.settings, comm), study.cases.columns);
    case 'library':
      return fitted(loadLibrary(source, study), study.cases.columns);
    case 'command':
      return ready(commandKernel(study, source, (shared as { readonly runDir: string }).runDir));
    default:
      return source satisfies never;
  }
}

/** What ranks compare when they shake hands: equal text means equal results, bit by bit. */
export function kernelIdentity(kernel: ReadyKernel): string {
  const { name, version, form, sourceHash } = kernel;
  return [name, version, form, ...(sourceHash === undefined ? [] : [sourceHash])].join(' ');
}

function named<T extends { readonly name: string }>(name: string, solvers: readonly T[]): T {
  const solver = solvers.find((candidate) => candidate.name === name);
  if (solver) return solver;
  throw new InputError(`no solver named ${name}`, {
    field: 'solver',
    expected: `one of ${solvers.map((candidate) => candidate.name).join(', ')}`,
    given: name,
  });
}

function requestOf(study: Study): SolverRequest {
  return { settings: study.settings, columns: study.cases.columns };
}

function loadLibrary(source: KernelSource & { readonly kind: 'library' }, study: Study): Kernel {
  const { path, symbol, inputs, outputs, code, hash } = source;
  const shared = packShared(study.shared, study.settings);
  return libraryKernel({
    path: code === undefined ? path : compileKernel(code, path),
    symbol,
    name: symbol,
    // A C kernel states no version: its source is what it is.
    version: hash.slice(0, 16),
    inputs,
    outputs,
    sourceHash: hash,
    ...(shared.byteLength > 0 ? { shared } : {}),
  });
}

/** The same kernel, taking the study's columns as they come. */
function fitted(kernel: Kernel, brought: readonly ColumnSpec[]): ReadyKernel {
  const { name, inputs } = kernel;
  checkInputs(name, inputs, brought);
  const asked = ready(kernel);
  const isSame = inputs.every(
    (input) => brought.find((column) => column.name === input.name)?.dtype === input.dtype,
  );
  if (isSame) return asked;
  return {
    ...asked,
    runBatch: (count, columns, out, context) =>
      asked.runBatch(count, convertInputs(inputs, brought, columns, count), out, context),
  };
}

function ready(kernel: Kernel): ReadyKernel {
  const { run: _run, ...rest } = kernel;
  return { ...rest, runBatch: batchRunner(kernel) };
}
