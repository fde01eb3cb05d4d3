/** Workers that are answered once all that waits has been read. */
import type { CoordinatorState, WorkerState } from './state.js';

export function touch(state: CoordinatorState, entry: WorkerState): void {
  if (entry.isTouched) return;
  entry.isTouched = true;
  state.touched.push(entry);
}

export function touchAll(state: CoordinatorState): void {
  for (const entry of state.workers.values()) touch(state, entry);
}
