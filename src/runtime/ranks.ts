/** The coordinator's links for where it runs: rank 0 of an MPI job, or a process of its own with local workers. */
import { decodeMessage, encodeMessage } from '../messages/wire.js';
import { abort, finalize, world } from '../mpi/index.js';
import { startGuardian } from '../process/guardian.js';
import { mainScript } from '../process/install.js';
import { spawnWorker } from '../process/spawn-worker.js';
import type { Solver } from '../study/solver.js';
import { inlineLinks } from './inline/links.js';
import { joinedLinks } from './joined-links.js';
import { localLinks } from './local/coordinator-links.js';
import { mpiCoordinatorLinks } from './mpi/coordinator-links.js';
import { serve } from './serve.js';
import type { CoordinatorLinks } from './transport.js';

/** Replacements for local workers that die, beyond two for each. */
const spareReplacements = 8;

export interface Ranks {
  readonly links: CoordinatorLinks;
  /** Processes that compute. */
  readonly size: number;
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

/** `count` local workers. A worker computes beside the coordinator, which needs next to no time of its own. */
export function localRanks(count: number, onErrorLine: (worker: number, line: string) => void): Ranks {
  const guardian = startGuardian();
  const links = children(
    Array.from({ length: count }, (_, i) => i),
    count,
    guardian,
    onErrorLine,
  );
  return { links, size: count, end: () => guardian.close() };
}

/** The ranks of the MPI job that this process is rank 0 of; a child process computes in rank 0's place. */
export function mpiRanks(job: MpiJob, onErrorLine: (worker: number, line: string) => void): Ranks {
  const { size } = world;
  job.isTaken = true;
  const guardian = startGuardian();
  const child = children([0], size, guardian, onErrorLine);
  const ranks = mpiCoordinatorLinks(world.dup(), () => {
    job.isAbandoned = true;
  });
  return {
    links: joinedLinks(ranks, child),
    size,
    end: () => {
      guardian.close();
      if (!job.isAbandoned) finalize();
    },
  };
}

/** This process computes for itself, one case after the other. */
export function sequentialRank(solvers: readonly Solver[]): Ranks {
  return { links: inlineLinks({ serve: (link) => serve(link, 0, solvers) }), size: 1, end: () => {} };
}

/** Sends the ranks of the MPI job home when there is nothing for them to do; `reason` is why, where it is an error. */
export async function dismissRanks(job: MpiJob, reason?: string): Promise<void> {
  job.isTaken = true;
  const links = mpiCoordinatorLinks(world.dup(), () => abort(1));
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
      onLost: () => {},
      onError: reject,
    });
  });
  await Promise.race([failed, until(() => greeted.size)]);
  await links.broadcast(encodeMessage(farewell));
  // Who is refused leaves without a word.
  if (reason === undefined) await Promise.race([failed, until(() => gone.size)]);
  await links.close();
  finalize();
}

function children(
  workers: readonly number[],
  firstReplacement: number,
  guardian: ReturnType<typeof startGuardian>,
  onErrorLine: (worker: number, line: string) => void,
): CoordinatorLinks {
  return localLinks({
    workers,
    firstReplacement,
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
