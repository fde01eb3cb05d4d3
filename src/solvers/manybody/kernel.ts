/** The kernel of many-body studies: a case is one calculation by one program. */
import { availableParallelism, totalmem } from 'node:os';
import type { Failure } from '../../codec/block.js';
import type { ColumnSpec, Columns } from '../../codec/columns.js';
import type { Kernel, KernelContext } from '../../kernels/kernel.js';
import { requirePrograms } from '../../kernels/program/find.js';
import { ProgramRunner } from '../../kernels/program/runner.js';
import { clearOutputs, failureOf } from '../../kernels/run-batch.js';
import type { Execution } from '../../study/execution.js';
import type { KernelForm, SolverRequest } from '../../study/solver.js';
import { inTurn } from '../../study/turns.js';
import { kernelVersion, solverName } from './identity.js';
import { type ManyBodyPlan, planManyBody } from './plan.js';
import { computePotential, potentialName, potentialVersion } from './potentials/potential.js';
import { checkPrograms } from './programs/check.js';
import { ProgramFailure } from './programs/failure.js';
import type { Allotment } from './programs/program.js';
import { programOf } from './programs/registry.js';
import { type ProgramRun, runProgram } from './programs/run.js';
import { inputOf, labelColumn } from './study.js';
import type { Driver, ManyBodyTask } from './task.js';

export function manyBodyKernel(
  { settings }: SolverRequest,
  _shared: unknown,
  form: KernelForm,
  execution: Execution,
): Kernel {
  const plan = planManyBody(inputOf(settings));
  requirePrograms(checkPrograms(plan.input));
  const outputs = outputsOf(plan.input.driver);
  const tasks = new Map(plan.tasks.map((task) => [task.label, task]));
  const calculations = new Calculations(plan, execution);
  return {
    name: solverName,
    version: kernelVersion,
    form,
    inputs: [{ name: labelColumn, dtype: 'string', shape: [] }],
    outputs,
    mostCases: 1,
    runBatch: async (count, columns, out, context) => {
      const failures: Failure[] = [];
      for (let i = 0; i < count; i++) {
        const task = tasks.get((columns[labelColumn] as string[])[i]!) as ManyBodyTask;
        try {
          write(out, i, await calculations.compute(task, context));
        } catch (error) {
          clearOutputs(outputs, out, i);
          failures.push(programFailure(error, i));
        }
      }
      return failures.length > 0 ? failures : undefined;
    },
    close: () => calculations.close(),
  };
}

const energy: ColumnSpec = { name: 'energy', dtype: 'float64', shape: [], unit: 'hartree' };
/** Flat and row-major; their lengths go with the atoms of the calculation. */
const gradient: ColumnSpec = { name: 'gradient', dtype: 'json', shape: [], unit: 'hartree/bohr' };
const hessian: ColumnSpec = { name: 'hessian', dtype: 'json', shape: [], unit: 'hartree/bohr2' };
const program: ColumnSpec = { name: 'program', dtype: 'string', shape: [], table: 'execution' };
const programInput: ColumnSpec = { name: 'program_input', dtype: 'string', shape: [], table: 'execution' };

function outputsOf(driver: Driver): readonly ColumnSpec[] {
  const derivatives = { energy: [], gradient: [gradient], hessian: [gradient, hessian] }[driver];
  return [energy, ...derivatives, program, programInput];
}

function write(out: Columns, i: number, { result, version, input }: ProgramRun): void {
  const values: Readonly<Record<string, unknown>> = {
    energy: result.energy,
    gradient: result.gradient ?? null,
    hessian: result.hessian ?? null,
    program: version,
    program_input: input,
  };
  for (const [name, value] of Object.entries(values)) {
    const column = out[name] as unknown[] | undefined;
    if (column) column[i] = value;
  }
}

function programFailure(error: unknown, offset: number): Failure {
  const failure = failureOf(error, offset);
  return error instanceof ProgramFailure && error.type === 'Timeout'
    ? { ...failure, status: 'timeout' }
    : failure;
}

/** Attempt k at a calculation is computed as entry k of its calculators says. */
class Calculations {
  readonly #plan: ManyBodyPlan;
  readonly #execution: Execution;
  #runner: ProgramRunner | undefined;

  constructor(plan: ManyBodyPlan, execution: Execution) {
    this.#plan = plan;
    this.#execution = execution;
  }

  async compute(
    task: ManyBodyTask,
    { attempt, threads, environment, scratch }: KernelContext,
  ): Promise<ProgramRun> {
    const { input, moleculeOf, specOf } = this.#plan;
    const first = specOf(task);
    const spec = inTurn([first, ...(first.further ?? [])], attempt);
    const calculation = { molecule: moleculeOf(task), spec, driver: input.driver };
    if (spec.program === potentialName) {
      const result = computePotential(calculation.molecule, spec, input.driver);
      return { result, version: `${potentialName} ${potentialVersion}`, input: JSON.stringify(spec) };
    }
    this.#runner ??= new ProgramRunner();
    const { timeoutMs, threads: asked } = this.#execution;
    // Last digits of some programs depend on their threads, which must not follow from how many workers share a node;
    // what `tasks` says of a case is the same everywhere.
    const granted = Number(environment.OMP_NUM_THREADS ?? 1);
    const programThreads = asked === 'auto' ? granted : asked;
    const allotment = {
      threads: programThreads,
      variables: environment,
      memoryBytes: this.#memoryBytes(threads),
    };
    const limits = { scratch: scratch(), timeoutMs };
    const run = await runProgram(this.#runner, programOf(spec.program), calculation, allotment, limits);
    return { ...run, version: `${spec.program} ${run.version}`.trim() };
  }

  close(): void {
    this.#runner?.close();
    this.#runner = undefined;
  }

  /** What the study allows a worker, else what the host has for so many cores; programs need a fifth besides. */
  #memoryBytes(threads: number): Allotment['memoryBytes'] {
    const { memoryLimitBytes } = this.#execution;
    const share = (totalmem() * threads) / availableParallelism();
    return Math.max(256 * 2 ** 20, 0.8 * Math.min(memoryLimitBytes, share));
  }
}
