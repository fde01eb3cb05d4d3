/** A rank other than 0 of an MPI job: it computes, passes messages on for its child, or coordinates its node. */
import { abort, finalize, world } from '../../mpi/index.js';
import { openHousehold } from '../../process/household.js';
import type { LocalRank } from '../../process/local-rank.js';
import { shareOf } from '../../process/share.js';
import { ignoreStopRequests } from '../../process/signals.js';
import type { Solver } from '../../study/solver.js';
import { bindOrTell } from '../local/bind.js';
import { superviseWorker } from '../local/supervise-worker.js';
import { ownHello, ownPlace, serve } from '../serve.js';
import type { WorkerLink } from '../transport.js';
import type { WorkerTerms } from '../worker-terms.js';
import { findPlace } from './arrangement.js';
import { relay } from './relay.js';
import { serveNode } from './serve-node.js';
import { mpiWorkerLink } from './worker-link.js';

/** Resolves with the exit code. */
export async function serveMpi(solvers: readonly Solver[]): Promise<number> {
  ignoreStopRequests();
  try {
    const { place, node, terms } = await findPlace(world);
    if (place.kind === 'node') {
      await serveNode(place, { node, terms, hello: ownHello(), abort: () => abort(1) });
    } else {
      const link = mpiWorkerLink(place.comm);
      await (terms.isIsolated ? supervise(link, node, terms) : compute(link, node, terms, solvers));
      await link.close();
    }
    finalize();
    // A refusal is the coordinator's to tell, and its exit code says it; a second one from each rank would bury it.
    return 0;
  } catch (error) {
    process.stderr.write(`rank ${world.rank}: ${(error as Error).stack}\n`);
    return abort(1);
  }
}

async function supervise(link: WorkerLink, place: LocalRank, terms: WorkerTerms): Promise<void> {
  const household = openHousehold();
  const worker = world.rank;
  const onErrorLine = (line: string): void => {
    process.stderr.write(`worker ${worker}: ${line}\n`);
  };
  try {
    await relay(link, superviseWorker({ worker, place, household, terms, onErrorLine }));
  } finally {
    household.close();
  }
}

async function compute(
  link: WorkerLink,
  node: LocalRank,
  { threads, pinning, gpus }: WorkerTerms,
  solvers: readonly Solver[],
): Promise<void> {
  const share = shareOf({ ...node, threads, pinning, gpus });
  // Libraries look at these when they are opened, which is with the kernel.
  Object.assign(process.env, share.environment);
  bindOrTell(share.cores);
  const place = ownPlace(world.rank, share.threads);
  try {
    await serve(link, place, solvers);
  } finally {
    place.close();
  }
}
