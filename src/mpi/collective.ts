/** Communication of all ranks together (MPI standard, chapter "Collective Communication"). */
import { InputError } from '../errors/input-error.js';
import { takeCell } from './cells.js';
import {
  type Counts,
  nothing,
  type Operation,
  operationOf,
  type Part,
  parts,
  reductionPair,
  type Sent,
  type UnequalParts,
  unequalParts,
  whole,
} from './collective-arguments.js';
import type { Data } from './datatype.js';
import { check } from './errors.js';
import { functions } from './functions.js';

import { PointToPoint } from './point-to-point.js';
import { Request } from './request.js';

const c = functions(
  'int MPI_Barrier(MPI_Comm comm)',
  'int MPI_Ibarrier(MPI_Comm comm, MPI_Request *request)',
  'int MPI_Bcast(void *buffer, int count, MPI_Datatype datatype, int root, MPI_Comm comm)',
  'int MPI_Ibcast(void *buffer, int count, MPI_Datatype datatype, int root, MPI_Comm comm, MPI_Request *request)',
  'int MPI_Gather(const void *sendbuf, int sendcount, MPI_Datatype sendtype, void *recvbuf, int recvcount, MPI_Datatype recvtype, int root, MPI_Comm comm)',
  'int MPI_Igather(const void *sendbuf, int sendcount, MPI_Datatype sendtype, void *recvbuf, int recvcount, MPI_Datatype recvtype, int root, MPI_Comm comm, MPI_Request *request)',
  'int MPI_Gatherv(const void *sendbuf, int sendcount, MPI_Datatype sendtype, void *recvbuf, const int recvcounts[], const int displs[], MPI_Datatype recvtype, int root, MPI_Comm comm)',
  'int MPI_Igatherv(const void *sendbuf, int sendcount, MPI_Datatype sendtype, void *recvbuf, const int recvcounts[], const int displs[], MPI_Datatype recvtype, int root, MPI_Comm comm, MPI_Request *request)',
  'int MPI_Scatter(const void *sendbuf, int sendcount, MPI_Datatype sendtype, void *recvbuf, int recvcount, MPI_Datatype recvtype, int root, MPI_Comm comm)',
  'int MPI_Iscatter(const void *sendbuf, int sendcount, MPI_Datatype sendtype, void *recvbuf, int recvcount, MPI_Datatype recvtype, int root, MPI_Comm comm, MPI_Request *request)',
  'int MPI_Scatterv(const void *sendbuf, const int sendcounts[], const int displs[], MPI_Datatype sendtype, void *recvbuf, int recvcount, MPI_Datatype recvtype, int root, MPI_Comm comm)',
  'int MPI_Iscatterv(const void *sendbuf, const int sendcounts[], const int displs[], MPI_Datatype sendtype, void *recvbuf, int recvcount, MPI_Datatype recvtype, int root, MPI_Comm comm, MPI_Request *request)',
  'int MPI_Allgather(const void *sendbuf, int sendcount, MPI_Datatype sendtype, void *recvbuf, int recvcount, MPI_Datatype recvtype, MPI_Comm comm)',
  'int MPI_Iallgather(const void *sendbuf, int sendcount, MPI_Datatype sendtype, void *recvbuf, int recvcount, MPI_Datatype recvtype, MPI_Comm comm, MPI_Request *request)',
  'int MPI_Reduce(const void *sendbuf, void *recvbuf, int count, MPI_Datatype datatype, MPI_Op op, int root, MPI_Comm comm)',
  'int MPI_Ireduce(const void *sendbuf, void *recvbuf, int count, MPI_Datatype datatype, MPI_Op op, int root, MPI_Comm comm, MPI_Request *request)',
  'int MPI_Allreduce(const void *sendbuf, void *recvbuf, int count, MPI_Datatype datatype, MPI_Op op, MPI_Comm comm)',
  'int MPI_Iallreduce(const void *sendbuf, void *recvbuf, int count, MPI_Datatype datatype, MPI_Op op, MPI_Comm comm, MPI_Request *request)',
  'int MPI_Exscan(const void *sendbuf, void *recvbuf, int count, MPI_Datatype datatype, MPI_Op op, MPI_Comm comm)',
  'int MPI_Iexscan(const void *sendbuf, void *recvbuf, int count, MPI_Datatype datatype, MPI_Op op, MPI_Comm comm, MPI_Request *request)',
);

/**
 * Every rank of the communicator makes the same calls in the same order. Each has a form that blocks the event
 * loop, and one with an `i` that returns a request to await. Arguments that only the root uses may be null
 * elsewhere. `inPlace` is for the root of gather, reduce, and for all ranks of allgather, allreduce, exscan.
 */
export abstract class Collective extends PointToPoint {
  /** Returns when every rank has called it. */
  barrier(): void {
    check(c.MPI_Barrier(this.handle), 'MPI_Barrier');
  }

  ibarrier(): Request {
    const { handle } = this;
    const cell = takeCell();
    check(c.MPI_Ibarrier(handle, cell), 'MPI_Ibarrier');
    return new Request('collective', cell, undefined);
  }

  /** The root's `data` to all; same type and length everywhere. */
  bcast(data: Data, root = 0): void {
    check(c.MPI_Bcast(...whole(data), root, this.handle), 'MPI_Bcast');
  }

  ibcast(data: Data, root = 0): Request {
    const { handle } = this;
    const cell = takeCell();
    check(c.MPI_Ibcast(...whole(data), root, handle, cell), 'MPI_Ibcast');
    return new Request('collective', cell, data);
  }

  /** `sent` of every rank into the root's `received`, in rank order; equal lengths. */
  gather(sent: Sent, received: Data | null, root = 0): void {
    check(c.MPI_Gather(...this.#gathered(sent, received, root), root, this.handle), 'MPI_Gather');
  }

  igather(sent: Sent, received: Data | null, root = 0): Request {
    const passed = this.#gathered(sent, received, root);
    const cell = takeCell();
    check(c.MPI_Igather(...passed, root, this.handle, cell), 'MPI_Igather');
    return new Request('collective', cell, passed);
  }

  /** As `gather`, with `counts[rank]` elements of each, placed one behind the other or at `displacements`. */
  gatherv(sent: Sent, received: Data | null, counts: Counts | null, root = 0, displacements?: Counts): void {
    const passed = this.#gatheredUnequally(sent, received, counts, root, displacements);
    check(c.MPI_Gatherv(...passed, root, this.handle), 'MPI_Gatherv');
  }

  igatherv(
    sent: Sent,
    received: Data | null,
    counts: Counts | null,
    root = 0,
    displacements?: Counts,
  ): Request {
    const passed = this.#gatheredUnequally(sent, received, counts, root, displacements);
    const cell = takeCell();
    check(c.MPI_Igatherv(...passed, root, this.handle, cell), 'MPI_Igatherv');
    return new Request('collective', cell, passed);
  }

  /** Equal parts of the root's `sent` to each rank's `received`. */
  scatter(sent: Data | null, received: Sent, root = 0): void {
    check(c.MPI_Scatter(...this.#scattered(sent, received, root), root, this.handle), 'MPI_Scatter');
  }

  iscatter(sent: Data | null, received: Sent, root = 0): Request {
    const passed = this.#scattered(sent, received, root);
    const cell = takeCell();
    check(c.MPI_Iscatter(...passed, root, this.handle, cell), 'MPI_Iscatter');
    return new Request('collective', cell, passed);
  }

  /** As `scatter`, with `counts[rank]` elements to each. */
  scatterv(sent: Data | null, counts: Counts | null, received: Sent, root = 0, displacements?: Counts): void {
    const passed = this.#scatteredUnequally(sent, counts, received, root, displacements);
    check(c.MPI_Scatterv(...passed, root, this.handle), 'MPI_Scatterv');
  }

  iscatterv(
    sent: Data | null,
    counts: Counts | null,
    received: Sent,
    root = 0,
    displacements?: Counts,
  ): Request {
    const passed = this.#scatteredUnequally(sent, counts, received, root, displacements);
    const cell = takeCell();
    check(c.MPI_Iscatterv(...passed, root, this.handle, cell), 'MPI_Iscatterv');
    return new Request('collective', cell, passed);
  }

  /** `gather` whose result every rank gets. */
  allgather(sent: Sent, received: Data): void {
    const passed = [...whole(sent), ...parts(received, this.size)] as const;
    check(c.MPI_Allgather(...passed, this.handle), 'MPI_Allgather');
  }

  iallgather(sent: Sent, received: Data): Request {
    const passed = [...whole(sent), ...parts(received, this.size)] as const;
    const cell = takeCell();
    check(c.MPI_Iallgather(...passed, this.handle, cell), 'MPI_Iallgather');
    return new Request('collective', cell, passed);
  }

  /** Elementwise `operation` over all ranks' `sent`, into the root's `received`. */
  reduce(sent: Sent, received: Data | null, operation: Operation, root = 0): void {
    const passed = this.#reduced(sent, received, operation);
    check(c.MPI_Reduce(...passed, root, this.handle), 'MPI_Reduce');
  }

  ireduce(sent: Sent, received: Data | null, operation: Operation, root = 0): Request {
    const passed = this.#reduced(sent, received, operation);
    const cell = takeCell();
    check(c.MPI_Ireduce(...passed, root, this.handle, cell), 'MPI_Ireduce');
    return new Request('collective', cell, passed);
  }

  /** `reduce` whose result every rank gets. */
  allreduce(sent: Sent, received: Data, operation: Operation): void {
    const passed = [...reductionPair(sent, received), operationOf(operation)] as const;
    check(c.MPI_Allreduce(...passed, this.handle), 'MPI_Allreduce');
  }

  iallreduce(sent: Sent, received: Data, operation: Operation): Request {
    const passed = [...reductionPair(sent, received), operationOf(operation)] as const;
    const cell = takeCell();
    check(c.MPI_Iallreduce(...passed, this.handle, cell), 'MPI_Iallreduce');
    return new Request('collective', cell, passed);
  }

  /** Each rank gets `operation` over the ranks before it; rank 0's `received` stays as it is. */
  exscan(sent: Sent, received: Data, operation: Operation): void {
    const passed = [...reductionPair(sent, received), operationOf(operation)] as const;
    check(c.MPI_Exscan(...passed, this.handle), 'MPI_Exscan');
  }

  iexscan(sent: Sent, received: Data, operation: Operation): Request {
    const passed = [...reductionPair(sent, received), operationOf(operation)] as const;
    const cell = takeCell();
    check(c.MPI_Iexscan(...passed, this.handle, cell), 'MPI_Iexscan');
    return new Request('collective', cell, passed);
  }

  #gathered(sent: Sent, received: Data | null, root: number) {
    const target = this.rank === root ? parts(needed(received, 'received'), this.size) : nothing();
    return [...whole(sent), ...target] as const;
  }

  #gatheredUnequally(
    sent: Sent,
    received: Data | null,
    counts: Counts | null,
    root: number,
    displacements: Counts | undefined,
  ): readonly [...Part, ...UnequalParts] {
    if (this.rank !== root) return [...whole(sent), null, null, null, nothing()[2]];
    const target = needed(received, 'received');
    return [...whole(sent), ...unequalParts(target, needed(counts, 'counts'), displacements, this.size)];
  }

  #scattered(sent: Data | null, received: Sent, root: number) {
    const source = this.rank === root ? parts(needed(sent, 'sent'), this.size) : nothing();
    return [...source, ...whole(received)] as const;
  }

  #scatteredUnequally(
    sent: Data | null,
    counts: Counts | null,
    received: Sent,
    root: number,
    displacements: Counts | undefined,
  ): readonly [...UnequalParts, ...Part] {
    if (this.rank !== root) return [null, null, null, nothing()[2], ...whole(received)];
    const source = needed(sent, 'sent');
    return [...unequalParts(source, needed(counts, 'counts'), displacements, this.size), ...whole(received)];
  }

  #reduced(sent: Sent, received: Data | null, operation: Operation) {
    const op = operationOf(operation);
    if (received !== null) return [...reductionPair(sent, received), op] as const;
    const [pointer, count, type] = whole(sent);
    return [pointer, null, count, type, op] as const;
  }
}

function needed<Value>(value: Value | null, name: string): Value {
  if (value === null) throw new InputError(`the root of a collective call must give \`${name}\``);
  return value;
}
