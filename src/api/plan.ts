/** What a run would take, for a program: what the command `plan` says. */
import { join, resolve } from 'node:path';
import type { Plan } from '../runtime/plan.js';
import { planStudy } from '../runtime/plan-study.js';
import type { Solver } from '../study/solver.js';
import type { PlanOptions } from './options.js';
import type { GivenStudy } from './run-handle.js';
import { settleOptions } from './settle-options.js';
import { loadGiven } from './start.js';

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
