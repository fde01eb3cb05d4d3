/** What a run of a study would be, from its kernel and from what earlier runs took. Computes and writes nothing. */
import { bytesPerElement, type ColumnSpec, elements } from '../codec/columns.js';
import { limitAfter } from '../coordinator/own-process.js';
import type { ReadyKernel } from '../kernels/kernel.js';
import { loadKernel, prepareKernel } from '../kernels/load.js';
import { hostMemory } from '../process/memory/memory.js';
import { roomForWorkers } from '../process/node/worker-count.js';
import type { KeptCosts } from '../schedule/kept-costs.js';
import { resourcesOf } from '../schedule/tasks/hosts.js';
import { type ForecastRun, forecast } from '../simulate/forecast.js';
import { failedNumbers } from '../store/journal/failures.js';
import { indexJournal, type JournalIndex } from '../store/journal/journal-index.js';
import { readManifest } from '../store/manifest.js';
import { runPaths } from '../store/run-directory.js';
import type { Solver } from '../study/solver.js';
import { type Strategy, type Study, strategies } from '../study/study.js';
import { createTaskSet } from '../study/task-set.js';
import { constraintsOf, type PlannedHost } from './constraints.js';
import { knownCosts, workersOf } from './costs/known-costs.js';
import type { Plan } from './plan.js';

export interface PlanRequest {
  readonly study: Study;
  readonly solvers: readonly Solver[];
  /** Of the run that would go on; it need not exist. */
  readonly runDir: string;
  /** Hosts of the run, where they are known: which, and how many ranks each has. */
  readonly hosts?: readonly (PlannedHost & { readonly name: string })[] | undefined;
  /** The site whose settings said what these are. */
  readonly site?: string | undefined;
  /** Numbers of processes that may compute; at least one. */
  readonly ranks: readonly number[];
  /** Instead of what the study says. */
  readonly strategy?: Strategy | undefined;
  readonly chunk?: number | 'auto' | undefined;
  readonly onNotice: (message: string) => void;
}

/** Tasks simulated for each strategy, over all numbers of ranks: some tenths of a second. */
const mostTasks = 4000;
const fewestTasks = 800;

/** Strategies that end within this part of the best one are as good. */
const asGood = 0.001;

/** Throws InputError and EnvironmentError as a run would. */
export async function planStudy(request: PlanRequest): Promise<Plan> {
  const { study, solvers, runDir } = request;
  const { shared, form } = prepareKernel(study, solvers, runDir);
  const kernel = await loadKernel(study, solvers, shared, form);
  try {
    return planWith(request, kernel, earlier(runDir, study));
  } finally {
    kernel.close?.();
  }
}

function memoryOf({
  memoryLimitBytes,
  retryMemoryFactor,
  retries,
}: Study['execution']): Pick<Plan, 'memory'> {
  if (!Number.isFinite(memoryLimitBytes)) return {};
  const rules = { limitBytes: memoryLimitBytes, factor: retryMemoryFactor };
  const host = hostMemory();
  const laterBytes: number[] = [];
  for (let bytes = memoryLimitBytes; laterBytes.length < retries; laterBytes.push(bytes)) {
    bytes = limitAfter(bytes, rules, host);
  }
  const workers = roomForWorkers(memoryLimitBytes, Number.POSITIVE_INFINITY);
  return { memory: { limitBytes: memoryLimitBytes, workers, laterBytes } };
}

/** What this study's run directory holds, where there is one. */
function earlier(runDir: string, study: Study): JournalIndex | undefined {
  if (readManifest(runDir)?.fingerprint !== study.fingerprint) return undefined;
  return indexJournal(runPaths(runDir).journal, study.fingerprint);
}

function planWith(
  { study, runDir, ranks, hosts, site, onNotice, ...asked }: PlanRequest,
  kernel: ReadyKernel,
  index: JournalIndex | undefined,
): Plan {
  const { strategy = study.schedule.strategy, chunk = study.schedule.chunk } = asked;
  const cases = study.cases.count;
  const ranges = index ? [...index.done.missing(0, cases)] : [{ first: 0, count: cases }];
  const remaining = ranges.reduce((sum, { count }) => sum + count, 0);
  const { model, costs, source } = knownCosts({ study, kernel, runDir, blocks: index?.blocks, onNotice });
  const set = createTaskSet(study, cases);
  const failed = index ? failedNumbers(runPaths(runDir).journal, index) : [];
  const waits = constraintsOf({
    ...{ study, set, cases: remaining, failed, model },
    ...(hosts && { hosts }),
  });
  const constraints = typeof waits === 'string' ? undefined : waits;
  const host = constraints?.set.needs && constraints.host;
  const known = { ranges, model, costs, chunk, constraints };
  const whole =
    remaining > 0 ? forecast({ ...known, workers: 1, strategies: [], mostTasks }) : { total: 0, longest: 0 };
  const tasksEach = Math.max(fewestTasks, Math.floor(mostTasks / ranks.length));
  const exponents = model?.kind === 'features' ? model.earlier?.exponents : undefined;
  return {
    ...{ name: study.name, cases, done: cases - remaining, remaining, strategy, chunk },
    ...{ kernelForm: kernel.form, inputBytes: bytesOf(study.cases.columns) },
    ...{ outputBytes: bytesOf(kernel.outputs), journalBytes: cases * bytesOf(kernel.outputs) },
    cost: study.cost,
    ...(exponents && { exponents: Array.from(exponents) }),
    ...(costs && source && { times: timesOf(costs, source) }),
    ...{ unit: costs ? 'ms' : 'mean case', total: whole.total, longest: whole.longest },
    waits: typeof waits === 'string' ? waits : 'counted',
    ...memoryOf(study.execution),
    ...(host && { host: { ...resourcesOf(host.owned), ranks: host.workers * study.execution.ranksPerTask } }),
    ...(host &&
      hosts && {
        hosts: constraints.hosts!.map(({ owned }, i) => ({
          name: hosts[i]!.name,
          ...resourcesOf(owned),
          ranks: hosts[i]!.slots,
        })),
      }),
    ...(hosts && site !== undefined && { site: { name: site, nodes: hosts.length, ranks: slotsOf(hosts) } }),
    forecasts: ranks
      .filter(() => remaining > 0)
      .map((count) => {
        const workers = workersOf(count, study);
        const request = { ...known, workers, strategies, mostTasks: tasksEach, whole };
        const { runs, bound, unplaceable, coarse } = forecast(request);
        const best = bestOf(runs, strategy);
        return { ranks: count, bound, unplaceable, runs, best, ...(coarse && { coarse }) };
      }),
  };
}

function slotsOf(hosts: readonly PlannedHost[]): number {
  return hosts.reduce((sum, { slots }) => sum + slots, 0);
}

function timesOf({ cases, scatter }: KeptCosts, source: string): NonNullable<Plan['times']> {
  return { source, cases, ...(scatter !== undefined && { scatter }) };
}

function bestOf(runs: readonly ForecastRun[], asked: Strategy): Strategy {
  const first = runs.reduce((best, run) => (run.makespan < best.makespan ? run : best));
  const own = runs.find((run) => run.strategy === asked);
  return own && own.makespan <= first.makespan * (1 + asGood) ? asked : first.strategy;
}

function bytesOf(specs: readonly ColumnSpec[]): number {
  return specs.reduce((sum, spec) => sum + elements(spec) * bytesPerElement[spec.dtype], 0);
}
