/** Where a kernel lives: in the process that has the link to the coordinator, or in a child of it. */
import type { Study } from '../study/study.js';

/** Built-in kernels are known not to crash and not to hang; of a user's nobody knows. */
export function isIsolated({ execution, kernel }: Pick<Study, 'execution' | 'kernel'>): boolean {
  switch (execution.isolation) {
    case 'auto':
      return kernel.kind !== 'solver';
    case 'process':
      return true;
    case 'inline':
      return false;
    default:
      return execution.isolation satisfies never;
  }
}
