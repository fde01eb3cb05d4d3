/** Groups of ranks (MPI standard, chapter "Groups, Contexts, Communicators, and Caching"): ordered sets, local to a process. */
import { InputError } from '../errors/input-error.js';
import { check } from './errors.js';
import { functions } from './functions.js';
import { type Handle, integer, newHandle, newHandles, predefined } from './library.js';
import { foreignRank, ownRank } from './wildcards.js';

const c = functions(
  'int MPI_Group_size(MPI_Group group, int *size)',
  'int MPI_Group_rank(MPI_Group group, int *rank)',
  'int MPI_Group_incl(MPI_Group group, int n, const int ranks[], MPI_Group *newgroup)',
  'int MPI_Group_excl(MPI_Group group, int n, const int ranks[], MPI_Group *newgroup)',
  'int MPI_Group_range_incl(MPI_Group group, int n, int ranges[][3], MPI_Group *newgroup)',
  'int MPI_Group_union(MPI_Group group1, MPI_Group group2, MPI_Group *newgroup)',
  'int MPI_Group_intersection(MPI_Group group1, MPI_Group group2, MPI_Group *newgroup)',
  'int MPI_Group_difference(MPI_Group group1, MPI_Group group2, MPI_Group *newgroup)',
  'int MPI_Group_translate_ranks(MPI_Group group1, int n, const int ranks1[], MPI_Group group2, int ranks2[])',
  'int MPI_Group_compare(MPI_Group group1, MPI_Group group2, int *result)',
  'int MPI_Group_free(MPI_Group *group)',
);

/** `identical`: the same ranks in the same order; `similar`: the same ranks. */
export type GroupComparison = 'identical' | 'similar' | 'unequal';

/** First and last rank, and the step between them where it is not 1; a negative step counts down. */
export type RankRange = readonly [first: number, last: number, step?: number];

const value = new Int32Array(1);

/** No call here communicates. A communicator made from a group needs the group no longer. */
export class Group {
  #handle: Handle | undefined;

  /** Takes the library's handle over, and frees it in `free`. */
  constructor(handle: Handle) {
    this.#handle = handle;
  }

  /** The library's handle. Throws InputError after `free`. */
  get handle(): Handle {
    if (this.#handle === undefined) throw new InputError('this group was freed');
    return this.#handle;
  }

  get size(): number {
    check(c.MPI_Group_size(this.handle, value), 'MPI_Group_size');
    return value[0]!;
  }

  /** This process's number in the group; undefined when it is no member. */
  get rank(): number | undefined {
    check(c.MPI_Group_rank(this.handle, value), 'MPI_Group_rank');
    return value[0] === integer('MPI_UNDEFINED') ? undefined : value[0];
  }

  /** The members with these ranks, in this order. */
  incl(ranks: readonly number[]): Group {
    const cell = newHandles(1);
    const code = c.MPI_Group_incl(this.handle, ranks.length, Int32Array.from(ranks), cell);
    return made(code, 'MPI_Group_incl', cell[0]!);
  }

  /** The others, in the order they have here. */
  excl(ranks: readonly number[]): Group {
    const cell = newHandles(1);
    const code = c.MPI_Group_excl(this.handle, ranks.length, Int32Array.from(ranks), cell);
    return made(code, 'MPI_Group_excl', cell[0]!);
  }

  /** As `incl`, with ranges of ranks: `[0, 6, 2]` is 0, 2, 4, 6. */
  rangeIncl(ranges: readonly RankRange[]): Group {
    const cell = newHandles(1);
    const triples = Int32Array.from(ranges.flatMap(([first, last, step = 1]) => [first, last, step]));
    const code = c.MPI_Group_range_incl(this.handle, ranges.length, triples, cell);
    return made(code, 'MPI_Group_range_incl', cell[0]!);
  }

  /** All members of this group, then those that only the other has. */
  union(other: Group): Group {
    const cell = newHandles(1);
    return made(c.MPI_Group_union(this.handle, other.handle, cell), 'MPI_Group_union', cell[0]!);
  }

  /** Members of both, in the order they have here. */
  intersection(other: Group): Group {
    const cell = newHandles(1);
    const code = c.MPI_Group_intersection(this.handle, other.handle, cell);
    return made(code, 'MPI_Group_intersection', cell[0]!);
  }

  /** Members that the other does not have. */
  difference(other: Group): Group {
    const cell = newHandles(1);
    return made(c.MPI_Group_difference(this.handle, other.handle, cell), 'MPI_Group_difference', cell[0]!);
  }

  /** The number that each of these ranks has in the other group; undefined for who is no member there. */
  translateRanks(ranks: readonly number[], other: Group): (number | undefined)[] {
    const there = new Int32Array(ranks.length);
    const here = Int32Array.from(ranks, foreignRank);
    check(
      c.MPI_Group_translate_ranks(this.handle, ranks.length, here, other.handle, there),
      'MPI_Group_translate_ranks',
    );
    const none = integer('MPI_UNDEFINED');
    return Array.from(there, (rank) => (rank === none ? undefined : ownRank(rank)));
  }

  compare(other: Group): GroupComparison {
    check(c.MPI_Group_compare(this.handle, other.handle, value), 'MPI_Group_compare');
    if (value[0] === integer('MPI_IDENT')) return 'identical';
    return value[0] === integer('MPI_SIMILAR') ? 'similar' : 'unequal';
  }

  /** Idempotent. */
  free(): void {
    if (this.#handle === undefined) return;
    const cell = newHandle(this.#handle);
    this.#handle = undefined;
    // The empty group is the library's own.
    if (cell[0] === predefined('MPI_GROUP_EMPTY')) return;
    check(c.MPI_Group_free(cell), 'MPI_Group_free');
  }

  [Symbol.dispose](): void {
    this.free();
  }
}

function made(code: number, call: string, handle: Handle): Group {
  check(code, call);
  return new Group(handle);
}
