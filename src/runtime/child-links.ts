/** Workers that are children of this process: all of a local run, or the one beside a coordinator that is an MPI rank. */
import type { Guardian } from '../process/guardian.js';
import { mainScript } from '../process/install.js';
import { spawnWorker } from '../process/spawn-worker.js';
import { localLinks } from './local/coordinator-links.js';
import type { CoordinatorLinks } from './transport.js';

export interface ChildrenOptions {
  readonly workers: readonly number[];
  /** Numbers of those that take the places of lost ones: this one and every `step`-th behind it. */
  readonly firstReplacement: number;
  readonly step?: number;
  readonly guardian: Guardian;
  onErrorLine(worker: number, line: string): void;
}

/** Replacements for workers that die, beyond two for each. */
const spareReplacements = 8;

export function childLinks(options: ChildrenOptions): CoordinatorLinks {
  const { workers, firstReplacement, step = 1, guardian, onErrorLine } = options;
  return localLinks({
    workers,
    firstReplacement,
    replacementStep: step,
    replacements: 2 * workers.length + spareReplacements,
    spawn: (worker) =>
      spawnWorker({
        entry: mainScript(),
        args: ['worker-stdio', String(worker)],
        guardian,
        onErrorLine: (line) => onErrorLine(worker, line),
      }),
  });
}
