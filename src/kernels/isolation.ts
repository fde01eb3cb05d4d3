/** Where a kernel lives: in the process that has the link to the coordinator, or in a child of it. */
import type { KernelSource, Study } from '../study/study.js';
import { membersOf } from '../study/turns.js';

/** Built-in kernels are known not to crash and not to hang, and commands are processes already; of others nobody knows. */
export function isIsolated({ execution, kernel }: Pick<Study, 'execution' | 'kernel'>): boolean {
  // MPI is initialized once a process: its ranks are the kernel's.
  if (execution.ranksPerTask > 1) return false;
  switch (execution.isolation) {
    case 'auto':
      // Only who is supervised can be held to a limit.
      return isUsersCode(kernel) || Number.isFinite(execution.memoryLimitBytes);
    case 'process':
      return true;
    case 'inline':
      return false;
    default:
      return execution.isolation satisfies never;
  }
}

/** True for a user's kernel that lives in the process with the link: when it hangs, nothing else there runs. */
export function needsWatchdog(study: Pick<Study, 'execution' | 'kernel'>): boolean {
  return membersOf(study.kernel).some(isUsersCode) && !isIsolated(study);
}

/** True where each case of the kernel is ended by the kernel itself when its time is over. */
export function keepsTime(kernel: KernelSource): boolean {
  return membersOf(kernel).every((member) =>
    member.kind === 'solver' ? member.keepsTime === true : member.kind === 'command',
  );
}

function isUsersCode(kernel: KernelSource): boolean {
  return membersOf(kernel).some(({ kind }) => kind === 'module' || kind === 'library');
}
