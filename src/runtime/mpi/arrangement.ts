/** How the ranks of a job are connected: all to rank 0, or through node coordinators. Decided by rank 0. */
import type { Teams } from '../../coordinator/state.js';
import { type Comm, isFaultTolerant, ProcessFailedError } from '../../mpi/index.js';
import type { LocalRank } from '../../process/node/local-rank.js';
import { decodeTerms, encodeTerms, termsLength, type WorkerTerms } from '../worker-terms.js';
import { type GangPlace, gangPlace } from './gangs.js';
import { coordinatorCount, coordinatorsOf, type Groups, groupRanks, membersOf } from './groups.js';
import { arrangementTag, jobCommunicator } from './protocol.js';
import { rankOnNode } from './rank-on-node.js';
import type { NodePlace } from './serve-node.js';

/** `auto`: by the number of ranks. */
export type Coordinators = number | 'auto';

/** A rank's place. In each communicator the coordinator is rank 0. */
type RankPlace =
  | GangPlace
  | { readonly kind: 'root'; readonly comm: Comm; readonly groups?: Groups }
  /** `coordinator`: its rank in the job. */
  | { readonly kind: 'worker'; readonly comm: Comm; readonly coordinator: number }
  | ({ readonly kind: 'node' } & NodePlace);

type OtherPlace = Exclude<RankPlace, { readonly kind: 'root' }>;

/** Rank 0's place: with all ranks, or with the node coordinators alone. */
export interface Arrangement {
  readonly comm: Comm;
  /** Where rank 0 stands among the ranks of its node. */
  readonly node: LocalRank;
  /** The rank in the job of each rank of `comm`; the same when absent. */
  readonly numbers?: readonly number[];
  /** The workers of each node coordinator, its own child under its own number. */
  readonly teams?: Teams;
  /** Ranks that have nothing to do. */
  readonly idle?: readonly number[];
}

/** Rank 0 says how the job is arranged and on which terms its ranks work. Collective with `findPlace` of the others. */
export function arrange(world: Comm, coordinators: Coordinators, terms: WorkerTerms): Arrangement {
  const asked = coordinators === 'auto' ? automatic : coordinators;
  const hasBeenTold = tell(world, Float64Array.of(asked, ...encodeTerms(terms)));
  const node = rankOnNode(world);
  const place = placeIn(world, asked, terms);
  hasBeenTold();
  if (place.kind !== 'root') throw new Error('only rank 0 says how the ranks are arranged');
  const { comm } = place;
  if ('idle' in place) return { comm, node, numbers: place.numbers, idle: place.idle };
  const { groups } = place;
  if (!groups) return { comm, node };
  const coordinatorRanks = coordinatorsOf(groups);
  const teams = new Map(coordinatorRanks.map((rank) => [rank, membersOf(groups, rank)]));
  return { comm, node, numbers: [0, ...coordinatorRanks], teams };
}

/** Waits for rank 0's word without keeping the processor. */
export async function findPlace(
  world: Comm,
): Promise<{ place: OtherPlace; node: LocalRank; terms: WorkerTerms }> {
  const word = new Float64Array(1 + termsLength);
  await (isFaultTolerant() ? world.irecv(word, 0, arrangementTag) : world.ibcast(word, 0));
  const node = rankOnNode(world);
  const terms = decodeTerms(word.subarray(1));
  const place = placeIn(world, word[0] as number, terms);
  if (place.kind === 'root') throw new Error('rank 0 says how the ranks are arranged');
  return { place, node, terms };
}

/** Nobody waits for it here, since the communicators that follow do: the function returned does when all is made. */
function tell(world: Comm, word: Float64Array): () => void {
  if (!isFaultTolerant()) {
    const request = world.ibcast(word, 0);
    return () => request.wait();
  }
  // A rank that has died need not hear it, and the others must: a collective call might fail for all.
  for (let rank = 1; rank < world.size; rank++) {
    try {
      world.send(word, rank, arrangementTag);
    } catch (error) {
      if (!(error instanceof ProcessFailedError)) throw error;
    }
  }
  return () => {};
}

const automatic = -1;

function placeIn(world: Comm, asked: number, { ranksPerTask }: WorkerTerms): RankPlace {
  if (ranksPerTask > 1) return gangPlace(world, ranksPerTask);
  const isTold = asked !== automatic;
  if (asked === 0 || (!isTold && coordinatorCount(world.size, world.size) === 0)) return flat(world);
  const nodeOf = nodesOf(world);
  const nodes = new Set(nodeOf).size;
  const count = isTold ? asked : coordinatorCount(world.size, nodes);
  if (count === 0) return flat(world);
  const groups = groupRanks(nodeOf, count);
  const { rank } = world;
  const own = groups[rank] as number;
  const isCoordinating = own === rank;
  const top = world.split(isCoordinating ? 0 : undefined, rank);
  // A coordinator is the first of its own.
  const group = world.split(rank === 0 ? undefined : own, isCoordinating ? 0 : rank);
  if (rank === 0) return { kind: 'root', comm: top as Comm, groups };
  if (!top) return { kind: 'worker', comm: group as Comm, coordinator: own };
  return {
    kind: 'node',
    up: top,
    down: group as Comm,
    ranks: membersOf(groups, rank),
  };
}

function flat(world: Comm): RankPlace {
  const comm = jobCommunicator();
  return world.rank > 0 ? { kind: 'worker', comm, coordinator: 0 } : { kind: 'root', comm };
}

/** For each rank the first rank of its node. */
function nodesOf(world: Comm): Int32Array {
  const node = world.splitType('shared');
  const first = Int32Array.of(world.rank);
  node.bcast(first, 0);
  node.free();
  const all = new Int32Array(world.size);
  world.allgather(first, all);
  return all;
}
