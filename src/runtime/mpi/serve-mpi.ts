/** A rank other than 0 of an MPI job: it computes, passes messages on for its child, or coordinates its node. */
import { abort, leave, ProcessFailedError, world } from '../../mpi/index.js';
import { openHousehold } from '../../process/guardian/household.js';
import type { LocalRank } from '../../process/node/local-rank.js';
import { shareOf } from '../../process/node/share.js';
import { ignoreStopRequests } from '../../process/signals.js';
import type { KernelMaker } from '../../study/solver.js';
import type { WorkPlace } from '../../worker/work.js';
import type { WorkerLink } from '../links/transport.js';
import { adapterOf } from '../local/adapt.js';
import { bindOrTell } from '../local/bind.js';
import { superviseWorker } from '../local/supervise-worker.js';
import { ownHello, ownPlace, serve } from '../serve.js';
import type { WorkerTerms } from '../worker-terms.js';
import { findPlace } from './arrangement.js';
import { awaitDismissal } from './gangs.js';
import { endJob } from './protocol.js';
import { relay } from './relay.js';
import { followGang, leadGang } from './serve-gang.js';
import { serveNode } from './serve-node.js';
import { startWatchdog } from './watchdog.js';
import { mpiWorkerLink } from './worker-link.js';

/** Resolves with the exit code. */
export async function serveMpi(makers: readonly KernelMaker[]): Promise<number> {
  ignoreStopRequests();
  try {
    const { place, node, terms } = await findPlace(world);
    switch (place.kind) {
      case 'node':
        await serveNode(place, {
          ...{ node, terms, hello: ownHello() },
          abort: () => abort(1),
          desert: () => desert(2),
        });
        break;
      case 'worker': {
        const link = mpiWorkerLink(place.comm, () => desert(place.coordinator === 0 ? 2 : 0));
        await (terms.isIsolated ? supervise(link, node, terms) : compute(link, node, terms, makers));
        await link.close();
        break;
      }
      case 'leader': {
        const link = mpiWorkerLink(place.comm, () => desert(2));
        await settled(node, terms, (own) => leadGang(link, place.gang, own, makers, () => desert(0)));
        await link.close();
        break;
      }
      case 'follower':
        await settled(node, terms, (own) => followGang(place.gang, own, makers));
        break;
      case 'idle':
        await awaitDismissal(world);
        break;
      default:
        place satisfies never;
    }
    endJob();
    // A refusal is the coordinator's to tell, and its exit code says it; a second one from each rank would bury it.
    return 0;
  } catch (error) {
    if (error instanceof ProcessFailedError) return desert(0);
    process.stderr.write(`rank ${world.rank}: ${(error as Error).stack}\n`);
    return abort(1);
  }
}

/**
 * The coordinator of this rank has died, or a rank of its gang. Each rank finds out and leaves: Open MPI's launcher hangs
 * when several of them abort the job. Without its root the run has failed, without others it goes on.
 */
function desert(exitCode: 0 | 2): never {
  leave();
  process.exit(exitCode);
}

async function supervise(link: WorkerLink, place: LocalRank, terms: WorkerTerms): Promise<void> {
  const household = openHousehold();
  const worker = world.rank;
  const onErrorLine = (line: string, isNews: boolean): void => {
    if (isNews) process.stderr.write(`worker ${worker}: ${line}\n`);
  };
  try {
    await relay(link, superviseWorker({ worker, place, household, terms, onErrorLine }));
  } finally {
    household.close();
  }
}

function compute(
  link: WorkerLink,
  node: LocalRank,
  terms: WorkerTerms,
  makers: readonly KernelMaker[],
): Promise<void> {
  return settled(node, terms, async (place) => {
    await serve(link, place, makers);
  });
}

/** Computes in this very process, on its share of the node. */
async function settled(
  node: LocalRank,
  { threads, pinning, gpus, ...terms }: WorkerTerms,
  life: (place: WorkPlace) => Promise<void>,
): Promise<void> {
  const share = shareOf({ ...node, threads, pinning, gpus });
  // Libraries look at these when they are opened, which is with the kernel.
  Object.assign(process.env, share.environment);
  bindOrTell(share.cores);
  const watchdog = terms.needsWatchdog ? startWatchdog(world.rank, terms) : undefined;
  const place = ownPlace(world.rank, share.threads, watchdog?.beacon);
  try {
    await life({ ...place, gpus: share.gpus, adapt: adapterOf() });
  } finally {
    await watchdog?.close();
    place.close();
  }
}
