/** Communicators (MPI standard, chapter "Groups, Contexts, Communicators, and Caching"). */
import { readInt } from '../ffi/koffi.js';
import { Collective } from './collective.js';
import { check } from './errors.js';
import * as ulfm from './fault-tolerance.js';
import { functions } from './functions.js';
import { Group } from './group.js';
import { type Handle, integer, newHandles, predefined } from './library.js';

const c = functions(
  'int MPI_Comm_dup(MPI_Comm comm, MPI_Comm *newcomm)',
  'int MPI_Comm_split(MPI_Comm comm, int color, int key, MPI_Comm *newcomm)',
  'int MPI_Comm_split_type(MPI_Comm comm, int split_type, int key, MPI_Info info, MPI_Comm *newcomm)',
  'int MPI_Comm_group(MPI_Comm comm, MPI_Group *group)',
  'int MPI_Comm_create(MPI_Comm comm, MPI_Group group, MPI_Comm *newcomm)',
  'int MPI_Comm_create_group(MPI_Comm comm, MPI_Group group, int tag, MPI_Comm *newcomm)',
  'int MPI_Comm_get_attr(MPI_Comm comm, int comm_keyval, void *attribute_val, int *flag)',
);

/** A group of ranks that talk to each other, apart from all other communicators. */
export class Comm extends Collective {
  /** The same ranks under a context of their own: messages never meet those of this communicator. Collective. */
  dup(): Comm {
    const cell = newHandles(1);
    check(c.MPI_Comm_dup(this.handle, cell), 'MPI_Comm_dup');
    return new Comm({ handle: cell[0]! });
  }

  /**
   * A communicator for each color, ranks ordered by `key`, then by their rank here. A rank whose color is undefined
   * gets none. Collective.
   */
  split(color: number, key?: number): Comm;
  split(color: number | undefined, key?: number): Comm | undefined;
  split(color: number | undefined, key = 0): Comm | undefined {
    const cell = newHandles(1);
    check(c.MPI_Comm_split(this.handle, color ?? integer('MPI_UNDEFINED'), key, cell), 'MPI_Comm_split');
    return memberOf(cell[0]!);
  }

  /** A communicator for each node: `shared` brings together the ranks that can share memory. Collective. */
  splitType(type: 'shared', key = 0): Comm {
    const cell = newHandles(1);
    const kind = integer(splitTypes[type]);
    check(
      c.MPI_Comm_split_type(this.handle, kind, key, predefined('MPI_INFO_NULL'), cell),
      'MPI_Comm_split_type',
    );
    return new Comm({ handle: cell[0]! });
  }

  /** The ranks of this communicator as a group, to be freed by the caller. Local. */
  group(): Group {
    const cell = newHandles(1);
    check(c.MPI_Comm_group(this.handle, cell), 'MPI_Comm_group');
    return new Group(cell[0]!);
  }

  /**
   * A communicator of the group's members, with the ranks they have there; undefined for who is none. Collective over
   * this communicator: every rank gives its group, which must be the same at all of its members.
   */
  create(group: Group): Comm | undefined {
    const cell = newHandles(1);
    check(c.MPI_Comm_create(this.handle, group.handle, cell), 'MPI_Comm_create');
    return memberOf(cell[0]!);
  }

  /**
   * As `create`, collective over the group alone: the other ranks need not know. `tag` keeps calls apart that one
   * rank takes part in at once.
   */
  createGroup(group: Group, tag = 0): Comm | undefined {
    const cell = newHandles(1);
    check(c.MPI_Comm_create_group(this.handle, group.handle, tag, cell), 'MPI_Comm_create_group');
    return memberOf(cell[0]!);
  }

  /** After a failure: every call on this communicator that is open anywhere ends with RevokedError. ULFM. */
  revoke(): void {
    ulfm.revoke(this.handle);
  }

  /** True once a rank has revoked it and word has come here. ULFM. */
  get isRevoked(): boolean {
    return ulfm.isRevoked(this.handle);
  }

  /** A communicator of the ranks that are alive, in their order. Collective over these, also when revoked. ULFM. */
  shrink(): Comm {
    return new Comm({ handle: ulfm.shrink(this.handle) });
  }

  /** Agreement of all living ranks, whoever dies meanwhile. Collective over these, also when revoked. ULFM. */
  agree(value: number): ulfm.Agreement {
    return ulfm.agree(this.handle, value);
  }

  /** The deaths known so far no longer stop receives from any source. ULFM. */
  failureAck(): void {
    ulfm.failureAck(this.handle);
  }

  /** The ranks whose deaths were acknowledged, to be freed by the caller. ULFM. */
  failureGetAcked(): Group {
    return new Group(ulfm.failureGetAcked(this.handle));
  }

  /** Largest tag that a message may have; at least 32767. */
  get maxTag(): number {
    const address = new BigUint64Array(1);
    const flag = new Int32Array(1);
    check(c.MPI_Comm_get_attr(this.handle, integer('MPI_TAG_UB'), address, flag), 'MPI_Comm_get_attr');
    return flag[0] === 0 ? 32767 : readInt(address[0]!);
  }
}

function memberOf(handle: Handle): Comm | undefined {
  return handle === predefined('MPI_COMM_NULL') ? undefined : new Comm({ handle });
}

const splitTypes = { shared: 'MPI_COMM_TYPE_SHARED' } as const;

/** All ranks of the job. Its first use starts MPI. */
export const world = new Comm('MPI_COMM_WORLD');

/** This process alone. */
export const self = new Comm('MPI_COMM_SELF');
