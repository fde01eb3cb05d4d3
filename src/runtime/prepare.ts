/** What a run needs of its kernel before anything is written: the form, the shared data, the kernel itself. */
import { EnvironmentError } from '../errors/environment-error.js';
import type { ReadyKernel } from '../kernels/kernel.js';
import { loadKernel, prepareKernel } from '../kernels/load.js';
import { nativeLibrary } from '../kernels/native.js';
import { spawnProblem } from '../process/spawn/posix-spawn-library.js';
import type { TaskSet } from '../schedule/tasks/task-set.js';
import { readManifest } from '../store/manifest.js';
import type { KernelForm, Solver } from '../study/solver.js';
import { createTaskSet } from '../study/task-set.js';
import { membersOf } from '../study/turns.js';
import type { RunRequest } from './api.js';
import { casesAsked, endOf } from './cases-asked.js';

export interface Prepared {
  /** For every rank: plain data that travels with the study. */
  readonly shared: unknown;
  readonly form: KernelForm;
  readonly kernel: ReadyKernel;
  /** Order and needs of the cases asked for; absent where the study says nothing. */
  readonly tasks?: TaskSet;
}

/**
 * The kernel in the form of the sessions before, else in the best one. Throws InputError for a kernel that does not
 * fit the study, EnvironmentError where this machine cannot make it.
 */
export async function prepareRun(
  { study, runDir, limit, shard, onNotice }: RunRequest,
  solvers: readonly Solver[],
): Promise<Prepared> {
  const tasks = createTaskSet(study, endOf(casesAsked(study, limit, shard)));
  const prepared = prepareKernel(study, solvers, runDir);
  const wanted = readManifest(runDir)?.kernel?.form;
  const form = wanted ?? prepared.form;
  if (prepared.form === 'typescript' && form === 'c') {
    throw new EnvironmentError('this run was computed by the C kernel, which this machine cannot build', {
      hint: 'Install a C compiler: results of two forms do not agree in every bit and must not be mixed',
    });
  }
  if (study.kernel.kind === 'solver' && form === 'typescript' && !wanted) onNotice(fallbackNotice());
  if (membersOf(study.kernel).some(({ kind }) => kind === 'command')) tellSlowStart(onNotice);
  const kernel = await loadKernel(study, solvers, prepared.shared, form);
  return { shared: prepared.shared, form, kernel, ...(tasks && { tasks }) };
}

function tellSlowStart(onNotice: (message: string) => void): void {
  const problem = spawnProblem();
  if (problem !== undefined)
    onNotice(`${problem}: commands are started by Node's child processes, which is slower`);
}

/** Why the C form does not run, in one line. */
function fallbackNotice(): string {
  const native = nativeLibrary();
  const reason = native.kind === 'missing' ? ` (${native.reason.split('\n')[0]})` : '';
  return `no C kernel${reason}: the TypeScript kernel computes, which is slower`;
}
