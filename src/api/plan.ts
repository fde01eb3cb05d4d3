/** What a run would take, for a program: what the command `plan` says. */
import { join, resolve } from 'node:path';
import { type Plan, planStudy } from '../runtime/plan-study.js';
import type { Solver } from '../study/solver.js';
import type { RunOptions } from './options.js';
import { settleOptions } from './settle-options.js';
import { type GivenStudy, loadGiven } from './start.js';

/** `ranks`: one number of processes or several; `SHOAL_RANKS`, else one for each core. */
export interface PlanOptions
  extends Pick<RunOptions, 'runDir' | 'folder' | 'strategy' | 'chunk' | 'onNotice'> {
  readonly ranks?: number | readonly number[];
}

export async function plan(
  given: GivenStudy,
  { ranks, ...options }: PlanOptions,
  solvers: readonly Solver[],
): Promise<Plan> {
  const counts = ranks === undefined || typeof ranks === 'number' ? [ranks] : ranks;
  const settled = counts.map((count) =>
    settleOptions({ ...options, ...(count !== undefined && { ranks: count }) }, process.env),
  );
  const { folder, runDir, strategy, chunk, onNotice } = settled[0] ?? settleOptions(options, process.env);
  const study = await loadGiven(given, resolve(folder ?? '.'), solvers);
  return planStudy({
    ...{ study, solvers, ranks: settled.map((each) => each.ranks), strategy, chunk },
    runDir: resolve(runDir ?? join('runs', study.name)),
    onNotice: (message) => onNotice?.(message),
  });
}
