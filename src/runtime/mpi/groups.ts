/** Which ranks of an MPI job are node coordinators, and whose workers the others are. */

/**
 * Least ranks with which node coordinators are used unasked: from some thousands on, the messages of workers that send
 * what they have every 10 ms fill the time of one coordinator (docs/scheduling.md).
 */
const manyRanks = 2_048;

/** Ranks that a coordinator has at most, and at least, where it is left to us: nodes are joined or divided. */
const mostRanks = 256;
const leastRanks = 16;

/** How many node coordinators a job of so many ranks on so many nodes gets unasked; 0 where the root does without. */
export function coordinatorCount(ranks: number, nodes: number): number {
  if (ranks < manyRanks) return 0;
  return Math.max(Math.ceil(ranks / mostRanks), Math.min(nodes, Math.floor(ranks / leastRanks)));
}

/** The coordinator of each rank, `[ranks]`: a node coordinator's is itself, rank 0 has none but itself. */
export type Groups = Int32Array;

/**
 * Ranks 1, 2, … in the order of their nodes, cut into equal runs; the first of each run coordinates the others.
 * `nodeOf`: any number that the ranks of one node share.
 */
export function groupRanks(nodeOf: ArrayLike<number>, coordinators: number): Groups {
  const ranks = Array.from({ length: nodeOf.length - 1 }, (_, i) => i + 1);
  ranks.sort((a, b) => (nodeOf[a] as number) - (nodeOf[b] as number) || a - b);
  const groups = new Int32Array(nodeOf.length);
  for (let i = 0; i < coordinators; i++) {
    const from = Math.floor((ranks.length * i) / coordinators);
    const to = Math.floor((ranks.length * (i + 1)) / coordinators);
    for (let at = from; at < to; at++) groups[ranks[at] as number] = ranks[from] as number;
  }
  return groups;
}

/** The node coordinators, in order of their ranks. */
export function coordinatorsOf(groups: Groups): number[] {
  return Array.from(groups.keys()).filter((rank) => rank > 0 && groups[rank] === rank);
}

/** A coordinator's ranks, itself first and the others in order. */
export function membersOf(groups: Groups, coordinator: number): number[] {
  const others = Array.from(groups.keys()).filter(
    (rank) => rank > 0 && rank !== coordinator && groups[rank] === coordinator,
  );
  return [coordinator, ...others];
}
