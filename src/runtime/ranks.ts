/** The coordinator's links for where it runs: rank 0 of an MPI job, or a process of its own with local workers. */
import { InputError } from '../errors/input-error.js';
import { decodeMessage, encodeMessage } from '../messages/wire.js';
import { abort, world } from '../mpi/index.js';
import { availableCores } from '../process/node/cores.js';
import type { LocalRank } from '../process/node/local-rank.js';
import type { Solver } from '../study/solver.js';
import type { RunRequest } from './api.js';
import { inlineLinks } from './inline/links.js';
import { childLinks } from './links/child-links.js';
import { joinedLinks } from './links/joined-links.js';
import type { CoordinatorLinks } from './links/transport.js';
import { arrange, type Coordinators } from './mpi/arrangement.js';
import { mpiCoordinatorLinks } from './mpi/coordinator-links.js';
import { dismissIdle, idleNotice } from './mpi/gangs.js';
import { endJob } from './mpi/protocol.js';
import type { RunContext } from './run.js';
import { ownPlace, serve } from './serve.js';
import { idleTerms, termsOf, type WorkerTerms } from './worker-terms.js';

export interface RankCounts {
  /** Processes that compute. */
  readonly size: number;
  /** Node coordinators among them; 0 where all speak to the root. */
  readonly coordinators: number;
}

export interface Ranks extends RankCounts {
  readonly links: CoordinatorLinks;
  /** After the links are closed or aborted. */
  end(): void;
}

/** The MPI job that this process is rank 0 of. Its ranks wait until they are used or dismissed, once. */
export interface MpiJob {
  isTaken: boolean;
  /**
   * Ranks were left in the middle of their work: they cannot be met in MPI_Finalize. Whoever ends this process ends
   * them with it, once everything is said and written, since that ends this process at the same moment.
   */
  isAbandoned: boolean;
}

/** Hears of lines that a worker wrote to its standard error. */
type OnErrorLine = (worker: number, line: string, isNews: boolean) => void;

/** Those of a run: of the MPI job that this process is rank 0 of, this process alone, or local workers. */
export function startRanks(
  { job, isSequential, solvers }: RunContext,
  { study, ranks, hosts, coordinators = 'auto', onNotice }: RunRequest,
  onErrorLine: OnErrorLine,
): Ranks {
  if (isSequential) return sequentialRank(solvers);
  const terms = termsOf(study);
  const notice = job && idleNotice(world.size, terms.ranksPerTask);
  if (notice) onNotice(notice);
  if (job) return mpiRanks(job, coordinators, terms, onErrorLine);
  return hosts ? hostRanks(hosts, terms, onErrorLine) : localRanks(ranks, terms, onErrorLine);
}

/** Throws InputError for what workers on other hosts cannot be asked for. */
export function checkHosts({ hosts, study }: Pick<RunRequest, 'hosts' | 'study'>): void {
  const { memoryLimitBytes } = study.execution;
  if (!hosts || !Number.isFinite(memoryLimitBytes)) return;
  throw new InputError('a memory limit cannot be watched on other hosts', {
    expected: 'no memory limit with --host and no MPI; with --launcher mpirun each host watches its own',
    given: `${memoryLimitBytes} bytes`,
  });
}

/** A worker for each entry, on that host. The coordinator computes nothing itself. */
function hostRanks(hosts: readonly string[], terms: WorkerTerms, onErrorLine: OnErrorLine): Ranks {
  const workers = hosts.map((_, i) => i);
  const hostOf = (worker: number): string => hosts[worker] as string;
  const placeOf = (worker: number): LocalRank => {
    const mates = workers.filter((other) => hostOf(other) === hostOf(worker));
    return { index: mates.indexOf(worker), count: mates.length };
  };
  return {
    ...childLinks({ workers, placeOf, hostOf, terms, onErrorLine }),
    size: hosts.length,
    coordinators: 0,
  };
}

/** `count` local workers. A worker computes beside the coordinator, which needs next to no time of its own. */
function localRanks(count: number, terms: WorkerTerms, onErrorLine: OnErrorLine): Ranks {
  const workers = Array.from({ length: count }, (_, i) => i);
  const placeOf = (worker: number): LocalRank => ({ index: worker, count });
  return { ...childLinks({ workers, placeOf, terms, onErrorLine }), size: count, coordinators: 0 };
}

/**
 * The ranks of the MPI job that this process is rank 0 of; a child process computes in rank 0's place, and in that of
 * each node coordinator.
 */
function mpiRanks(
  job: MpiJob,
  coordinators: Coordinators,
  terms: WorkerTerms,
  onErrorLine: OnErrorLine,
): Ranks {
  const { size } = world;
  job.isTaken = true;
  const { comm, numbers, teams, node, idle } = arrange(world, coordinators, terms);
  // A process that is no rank has no part in an MPI kernel.
  const child = idle ? undefined : childLinks({ workers: [0], placeOf: () => node, terms, onErrorLine });
  const ranks = mpiCoordinatorLinks(comm, {
    abort: () => {
      job.isAbandoned = true;
    },
    ...(numbers && { numbers }),
    ...(teams && { teams }),
    isFragile: !terms.isIsolated,
  });
  return {
    links: child ? joinedLinks(ranks, child.links) : ranks,
    size,
    coordinators: teams?.size ?? 0,
    end: () => {
      child?.end();
      if (job.isAbandoned) return;
      dismissIdle(world, idle ?? []);
      endJob();
    },
  };
}

/** This process computes for itself, one case after the other. */
function sequentialRank(solvers: readonly Solver[]): Ranks {
  const place = ownPlace(0, availableCores());
  return {
    links: inlineLinks({ serve: (link) => serve(link, place, solvers) }),
    size: 1,
    coordinators: 0,
    end: () => place.close(),
  };
}

/** Sends the ranks of the MPI job home when there is nothing for them to do; `reason` is why, where it is an error. */
export async function dismissRanks(job: MpiJob, reason?: string): Promise<void> {
  job.isTaken = true;
  const links = mpiCoordinatorLinks(arrange(world, 0, idleTerms).comm, { abort: () => abort(1) });
  const farewell = reason === undefined ? ({ kind: 'stop' } as const) : ({ kind: 'refuse', reason } as const);
  const greeted = new Set<number>();
  const gone = new Set<number>();
  let onMessage = (): void => {};
  const until = (count: () => number): Promise<void> =>
    new Promise((resolve) => {
      onMessage = () => {
        if (count() === links.workers.length) resolve();
      };
      onMessage();
    });
  const failed = new Promise<never>((_, reject) => {
    links.start({
      onMessage: (worker, bytes) => {
        (decodeMessage(bytes).kind === 'hello' ? greeted : gone).add(worker);
        onMessage();
      },
      onDrained: () => {},
      onLost: (worker) => {
        greeted.add(worker);
        gone.add(worker);
        onMessage();
      },
      onError: reject,
    });
  });
  await Promise.race([failed, until(() => greeted.size)]);
  await links.broadcast(encodeMessage(farewell));
  // Who is refused leaves without a word.
  if (reason === undefined) await Promise.race([failed, until(() => gone.size)]);
  await links.close();
  endJob();
}
