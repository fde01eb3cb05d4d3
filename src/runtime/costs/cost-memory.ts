/** Where what is learned of the times of cases is kept: in the run directory, and for runs elsewhere in the user's cache. */
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ReadyKernel } from '../../kernels/kernel.js';
import { kernelIdentity } from '../../kernels/load.js';
import { cacheFolder } from '../../process/install.js';
import type { LearnedCosts } from '../../schedule/costs.js';
import type { KeptCosts } from '../../schedule/kept-costs.js';
import { type CostSubject, costsName, readCosts, writeCosts } from '../../store/costs-file.js';
import type { CasePlanDetail } from '../../study/cases/plan.js';
import { digest } from '../../study/fingerprint.js';
import type { Study } from '../../study/study.js';

/** Files in the cache; one is a few kilobytes, and a kernel that is edited leaves one behind each time. */
const mostFiles = 500;

export interface Recalled {
  readonly costs: KeptCosts | undefined;
  readonly learned: LearnedCosts | undefined;
  /** In words: `this run`, `a run on node7, 2026-03-01`. */
  readonly source: string;
}

export function costSubject(study: Study, kernel: ReadyKernel): CostSubject {
  const { settings, shared, execution, cost } = study;
  const { threads, ranksPerTask } = execution;
  const { sources, derived } = study.cases as CasePlanDetail;
  return {
    kernel: kernelIdentity(kernel),
    cost,
    conditions: digest({
      ...{ settings, shared, threads, ranksPerTask },
      // Without costs, the mean of more cases of the same kind is known, and that of others is not.
      ...(!cost && { sources, derived }),
    }),
  };
}

export interface RecallRequest {
  readonly runDir: string;
  readonly subject: CostSubject;
  /** What the run directory's journal says. */
  readonly measured: () => KeptCosts | undefined;
  readonly onNotice: (message: string) => void;
}

/**
 * What is kept in the run directory; else what its journal says, where a session was killed or the study's `cost` has
 * changed; else what any other run left. Undefined when nothing is known.
 */
export function recallCosts({ runDir, subject, measured, onNotice }: RecallRequest): Recalled | undefined {
  const own = recallFrom(join(runDir, costsName), subject, 'this run', onNotice);
  if (own) return own;
  const costs = measured();
  if (costs) return { costs, learned: costs.learned, source: 'this run' };
  return recallFrom(cachePath(subject), subject, undefined, onNotice);
}

function recallFrom(
  path: string,
  subject: CostSubject,
  source: string | undefined,
  onNotice: (message: string) => void,
): Recalled | undefined {
  const found = readCosts(path, subject);
  switch (found.kind) {
    case 'missing':
      return undefined;
    case 'unfit':
      onNotice(`the costs kept in ${path} are ignored: ${found.reason}`);
      return undefined;
    case 'learned':
      return { costs: undefined, learned: found.learned, source: 'runs under other conditions' };
    case 'costs': {
      const { costs, host, at } = found;
      return { costs, learned: costs.learned, source: source ?? `a run on ${host}, ${at.slice(0, 10)}` };
    }
    default:
      return found satisfies never;
  }
}

/** Throws EnvironmentError where the run directory cannot be written. */
export function keepCosts(runDir: string, subject: CostSubject, costs: KeptCosts): void {
  writeCosts(join(runDir, costsName), subject, costs);
}

/**
 * Leaves costs for runs in other run directories. Of runs that end together the last one is kept, with what it began
 * with and its own. Throws where the cache cannot be written.
 */
export function shareCosts(subject: CostSubject, costs: KeptCosts): void {
  const path = cachePath(subject);
  mkdirSync(dirname(path), { recursive: true });
  writeCosts(path, subject, costs);
  removeOldest(dirname(path));
}

/** By the kernel and what the study says of costs: under other conditions what is learned still says something. */
function cachePath({ kernel, cost }: CostSubject): string {
  return join(cacheFolder(), 'costs', `${digest({ kernel, cost }).slice(0, 32)}.json`);
}

function removeOldest(folder: string): void {
  const names = readdirSync(folder);
  if (names.length <= mostFiles) return;
  // Another process may take one away meanwhile.
  const ageOf = (name: string): number =>
    statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const files = names.map((name) => ({ name, ms: ageOf(name) }));
  files.sort((a, b) => a.ms - b.ms);
  for (const { name } of files.slice(0, names.length - mostFiles))
    rmSync(join(folder, name), { force: true });
}
