/** The supervisor of a worker as its terms want it: limits, threads, cores, a GPU. */
import type { Household } from '../../process/guardian/household.js';
import { mainScript } from '../../process/install.js';
import type { LocalRank } from '../../process/node/local-rank.js';
import { shareOf } from '../../process/node/share.js';
import { sshCarrier } from '../../process/spawn/carrier.js';
import type { WorkerTerms } from '../worker-terms.js';
import { Supervisor } from './supervisor.js';

export interface SuperviseOptions {
  readonly worker: number;
  /** Where the worker stands among those of its node. */
  readonly place: LocalRank;
  /** Where it is to be started, through ssh; here where absent. */
  readonly host?: string | undefined;
  readonly household: Household;
  readonly terms: WorkerTerms;
  onErrorLine(line: string, isNews: boolean): void;
}

export function superviseWorker({
  worker,
  place,
  host,
  household,
  terms,
  onErrorLine,
}: SuperviseOptions): Supervisor {
  const { timeoutMs, stallMs, memoryLimitBytes, threads, pinning, gpus } = terms;
  return new Supervisor({
    ...{ worker, household, memoryLimitBytes, onErrorLine },
    limits: { timeoutMs, stallMs },
    ...(host !== undefined && { carrier: sshCarrier(host, household.connections) }),
    // What cores another host has is not known here.
    share: shareOf({
      ...place,
      gpus,
      ...(host === undefined
        ? { threads, pinning }
        : { threads: threads === 'auto' ? 1 : threads, pinning: 'none' }),
    }),
    entry: mainScript(),
    args: ['worker-stdio'],
  });
}
