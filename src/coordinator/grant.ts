import type { Comm } from './comm.js';
import type { CoordinatorState } from './state.js';

/** A case is about to be handed out: its worker hears which cores and GPUs it was counted to occupy. */
export function grantFor({ tasks }: CoordinatorState, comm: Comm, worker: number, index: number): void {
  const grant = tasks?.grantOf(index);
  if (grant) comm.grant(worker, grant);
}
