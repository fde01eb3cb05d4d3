/** A rank that coordinates the ranks of its node; a child process computes in its place. */
import { type Comm, world } from '../../mpi/index.js';
import type { LocalRank } from '../../process/node/local-rank.js';
import type { WorkEnd } from '../../worker/work.js';
import { childLinks } from '../links/child-links.js';
import { joinedLinks } from '../links/joined-links.js';
import { coordinateNode, type NodeRequest } from '../node-coordinator.js';
import type { WorkerTerms } from '../worker-terms.js';
import { mpiCoordinatorLinks } from './coordinator-links.js';
import { mpiWorkerLink } from './worker-link.js';

export interface NodePlace {
  /** With the root. */
  readonly up: Comm;
  /** With its workers. */
  readonly down: Comm;
  /** The ranks in the job of all ranks of `down`. */
  readonly ranks: readonly number[];
}

export interface NodeOptions {
  /** Where this rank stands among those of its node. */
  readonly node: LocalRank;
  readonly terms: WorkerTerms;
  readonly hello: NodeRequest['hello'];
  /** Ends the ranks when this one's links must end before their time. */
  abort(): void;
  /** The root has died. */
  desert(): never;
}

/** Until the root has no more work. */
export async function serveNode(
  { up, down, ranks }: NodePlace,
  { node, terms, hello, abort, desert }: NodeOptions,
): Promise<WorkEnd> {
  const child = childLinks({
    workers: [world.rank],
    placeOf: () => node,
    terms,
    onErrorLine: (worker, line, isNews) => {
      if (isNews) process.stderr.write(`worker ${worker}: ${line}\n`);
    },
  });
  const isFragile = !terms.isIsolated;
  const links = joinedLinks(mpiCoordinatorLinks(down, { abort, numbers: ranks, isFragile }), child.links);
  const link = mpiWorkerLink(up, desert);
  const end = await coordinateNode({ up: link, links, hello });
  await links.close();
  await link.close();
  child.end();
  return end;
}
