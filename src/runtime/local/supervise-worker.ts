/** The supervisor of a worker as its terms want it: limits, threads, cores, a GPU. */
import type { Household } from '../../process/household.js';
import { mainScript } from '../../process/install.js';
import type { LocalRank } from '../../process/local-rank.js';
import { shareOf } from '../../process/share.js';
import type { WorkerTerms } from '../worker-terms.js';
import { Supervisor } from './supervisor.js';

export interface SuperviseOptions {
  readonly worker: number;
  /** Where the worker stands among those of its node. */
  readonly place: LocalRank;
  readonly household: Household;
  readonly terms: WorkerTerms;
  onErrorLine(line: string): void;
}

export function superviseWorker({
  worker,
  place,
  household,
  terms,
  onErrorLine,
}: SuperviseOptions): Supervisor {
  const { timeoutMs, stallMs, memoryLimitBytes, threads, pinning, gpus } = terms;
  return new Supervisor({
    ...{ worker, household, memoryLimitBytes, onErrorLine },
    limits: { timeoutMs, stallMs },
    share: shareOf({ ...place, threads, pinning, gpus }),
    entry: mainScript(),
    args: ['worker-stdio'],
  });
}
