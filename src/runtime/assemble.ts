/** From complete results to what the user asked for: statistics, a picture, exported tables. */
import type { ReadyKernel } from '../kernels/kernel.js';
import type { Study } from '../study/study.js';

export interface AssembleRequest {
  readonly runDir: string;
  readonly study: Study;
  readonly kernel: ReadyKernel;
  /** Cases asked for. */
  readonly total: number;
}

/** Files written, relative to the run directory. */
export async function assemble(_request: AssembleRequest): Promise<readonly string[]> {
  return [];
}
