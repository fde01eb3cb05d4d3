/** Workers that are children of this process: all of a local run, or the one beside a coordinator that is an MPI rank. */
import { type Household, openHousehold } from '../../process/guardian/household.js';
import type { LocalRank } from '../../process/node/local-rank.js';
import { localLinks } from '../local/coordinator-links.js';
import { superviseWorker } from '../local/supervise-worker.js';
import type { WorkerTerms } from '../worker-terms.js';
import type { CoordinatorLinks } from './transport.js';

export interface ChildrenOptions {
  readonly workers: readonly number[];
  /** Where a worker stands among all of its node. */
  placeOf(worker: number): LocalRank;
  /** The host of a worker, reached through ssh; this one where it says none. */
  hostOf?(worker: number): string | undefined;
  readonly terms: WorkerTerms;
  onErrorLine(worker: number, line: string, isNews: boolean): void;
}

export interface Children {
  readonly links: CoordinatorLinks;
  /** After the links are closed or aborted. */
  end(): void;
}

export function childLinks({ workers, placeOf, hostOf, terms, onErrorLine }: ChildrenOptions): Children {
  const household: Household = openHousehold();
  const links = localLinks({
    workers,
    supervise: (worker) =>
      superviseWorker({
        ...{ worker, household, terms, place: placeOf(worker), host: hostOf?.(worker) },
        onErrorLine: (line, isNews) => onErrorLine(worker, line, isNews),
      }),
  });
  return { links, end: () => household.close() };
}
