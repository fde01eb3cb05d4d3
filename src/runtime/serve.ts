/** A process that computes: a rank of an MPI job, or a local child. */
import { rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { kernelIdentity, loadKernel } from '../kernels/load.js';
import type { Hello, Welcome } from '../messages/message.js';
import { encodeMessage } from '../messages/wire.js';
import { abort, finalize, world } from '../mpi/index.js';
import { availableCores } from '../process/cores.js';
import { ownHoldings } from '../process/holdings.js';
import { buildId } from '../process/install.js';
import { scratchFolder } from '../process/scratch.js';
import { ignoreStopRequests } from '../process/signals.js';
import type { Solver } from '../study/solver.js';
import { type WorkEnd, work } from '../worker/work.js';
import { ownIdentity } from './handshake.js';
import { stdioLink } from './local/worker-link.js';
import { findPlace } from './mpi/arrangement.js';
import { serveNode } from './mpi/serve-node.js';
import { mpiWorkerLink } from './mpi/worker-link.js';
import type { WorkerLink } from './transport.js';

/** A rank other than 0 of an MPI job. Resolves with the exit code. */
export async function serveMpi(solvers: readonly Solver[]): Promise<number> {
  ignoreStopRequests();
  try {
    const place = await findPlace(world);
    if (place.kind === 'node') {
      await serveNode(place, ownHello(), () => abort(1));
    } else {
      const link = mpiWorkerLink(place.comm);
      await serve(link, world.rank, solvers);
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

/** A local child, spoken to over its standard input and output. Resolves with the exit code. */
export async function serveStdio(
  worker: number,
  isGuest: boolean,
  solvers: readonly Solver[],
): Promise<number> {
  // Without its coordinator a worker has nothing to do, whatever it is doing.
  const link = stdioLink(() => process.exit(0));
  // Others live as long as the run; a guest leaves when it is asked to.
  if (isGuest) process.on('SIGTERM', () => link.inject(encodeMessage({ kind: 'leave' })));
  const end = await serve(link, worker, solvers);
  await link.close();
  return end.kind === 'refused' ? 2 : 0;
}

/** A worker's life at its end of a link. */
export async function serve(link: WorkerLink, worker: number, solvers: readonly Solver[]): Promise<WorkEnd> {
  const folder = scratchFolder(worker);
  const end = await work({
    link,
    place: { worker, threads: availableCores(), scratchRoot: () => folder },
    hello: ownHello(),
    loadKernel: async ({ study, shared, form }: Welcome) => {
      const kernel = await loadKernel(study, solvers, shared, form);
      return { kernel, identity: kernelIdentity(kernel) };
    },
  });
  rmSync(folder, { recursive: true, force: true });
  return end;
}

function ownHello(): Omit<Hello, 'kind'> {
  return {
    ...ownIdentity(buildId()),
    host: hostname(),
    pid: process.pid,
    node: process.version,
    holdings: ownHoldings(),
  };
}
