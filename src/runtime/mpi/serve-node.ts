/** A rank that coordinates the ranks of its node; a child process computes in its place. */
import { type Comm, world } from '../../mpi/index.js';
import { startGuardian } from '../../process/guardian.js';
import type { WorkEnd } from '../../worker/work.js';
import { childLinks } from '../child-links.js';
import { joinedLinks } from '../joined-links.js';
import { coordinateNode, type NodeRequest } from '../node-coordinator.js';
import { mpiCoordinatorLinks } from './coordinator-links.js';
import { mpiWorkerLink } from './worker-link.js';

export interface NodePlace {
  /** With the root. */
  readonly up: Comm;
  /** With its workers. */
  readonly down: Comm;
  /** The ranks in the job of all ranks of `down`. */
  readonly ranks: readonly number[];
  /** Its place among the coordinators, the root's being 0, and how many there are with the root. */
  readonly place: number;
  readonly places: number;
}

/** `abort` ends the ranks when this one's links must end before their time. */
export async function serveNode(
  { up, down, ranks, place, places }: NodePlace,
  hello: NodeRequest['hello'],
  abort: () => void,
): Promise<WorkEnd> {
  const guardian = startGuardian();
  const child = childLinks({
    workers: [world.rank],
    // Each number is one worker's in the whole run.
    firstReplacement: world.size + place,
    step: places,
    guardian,
    onErrorLine: (worker, line) => process.stderr.write(`worker ${worker}: ${line}\n`),
  });
  const links = joinedLinks(mpiCoordinatorLinks(down, { abort, numbers: ranks }), child);
  const link = mpiWorkerLink(up);
  const end = await coordinateNode({ up: link, links, hello });
  await links.close();
  await link.close();
  guardian.close();
  return end;
}
