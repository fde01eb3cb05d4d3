/** The place of this rank among those of its node. */
import type { Comm } from '../../mpi/index.js';
import { type LocalRank, localRank } from '../../process/node/local-rank.js';

/** Collective where no launcher says it: every rank of the job calls it at the same point. */
export function rankOnNode(world: Comm): LocalRank {
  const told = localRank();
  if (told) return told;
  const node = world.splitType('shared');
  const { rank: index, size: count } = node;
  node.free();
  return { index, count };
}
