/** Messages from one rank to another (MPI standard, chapter "Point-to-Point Communication"). */
import { takeCell } from './cells.js';
import { CommunicatorHandle } from './communicator-handle.js';
import { countOf, type Data, datatypeOf } from './datatype.js';
import { check } from './errors.js';
import { functions } from './functions.js';
import { type HandleArray, newHandles } from './library.js';
import { Message } from './message.js';
import { PersistentRequest, Request } from './request.js';
import { Status } from './status.js';
import { anySource, anyTag, foreignRank, foreignTag } from './wildcards.js';

const c = functions(
  'int MPI_Send(const void *buf, int count, MPI_Datatype datatype, int dest, int tag, MPI_Comm comm)',
  'int MPI_Ssend(const void *buf, int count, MPI_Datatype datatype, int dest, int tag, MPI_Comm comm)',
  'int MPI_Recv(void *buf, int count, MPI_Datatype datatype, int source, int tag, MPI_Comm comm, MPI_Status *status)',
  'int MPI_Isend(const void *buf, int count, MPI_Datatype datatype, int dest, int tag, MPI_Comm comm, MPI_Request *request)',
  'int MPI_Issend(const void *buf, int count, MPI_Datatype datatype, int dest, int tag, MPI_Comm comm, MPI_Request *request)',
  'int MPI_Irecv(void *buf, int count, MPI_Datatype datatype, int source, int tag, MPI_Comm comm, MPI_Request *request)',
  'int MPI_Send_init(const void *buf, int count, MPI_Datatype datatype, int dest, int tag, MPI_Comm comm, MPI_Request *request)',
  'int MPI_Recv_init(void *buf, int count, MPI_Datatype datatype, int source, int tag, MPI_Comm comm, MPI_Request *request)',
  'int MPI_Sendrecv(const void *sendbuf, int sendcount, MPI_Datatype sendtype, int dest, int sendtag, void *recvbuf, int recvcount, MPI_Datatype recvtype, int source, int recvtag, MPI_Comm comm, MPI_Status *status)',
  'int MPI_Probe(int source, int tag, MPI_Comm comm, MPI_Status *status)',
  'int MPI_Iprobe(int source, int tag, MPI_Comm comm, int *flag, MPI_Status *status)',
  'int MPI_Mprobe(int source, int tag, MPI_Comm comm, MPI_Message *message, MPI_Status *status)',
  'int MPI_Improbe(int source, int tag, MPI_Comm comm, int *flag, MPI_Message *message, MPI_Status *status)',
);

const flag = new Int32Array(1);

/**
 * `count` is in elements of the array, all of it when left out. Blocking calls block the event loop. Failing calls
 * throw MpiError; data that MPI has no type or count for throw InputError.
 */
export abstract class PointToPoint extends CommunicatorHandle {
  /** Returns when `data` may be changed again, which may be before or after it is received. */
  send(data: Data, dest: number, tag = 0, count?: number): void {
    const { handle } = this;
    const elements = countOf(data, count);
    check(c.MPI_Send(data, elements, datatypeOf(data), foreignRank(dest), tag, handle), 'MPI_Send');
  }

  /** Returns when the receiver has begun to receive. */
  ssend(data: Data, dest: number, tag = 0, count?: number): void {
    const { handle } = this;
    const elements = countOf(data, count);
    check(c.MPI_Ssend(data, elements, datatypeOf(data), foreignRank(dest), tag, handle), 'MPI_Ssend');
  }

  /** Receives at most `data`'s length; a longer message throws TruncationError. `status` is filled and returned. */
  recv(data: Data, source = anySource, tag = anyTag, status = new Status()): Status {
    const { handle } = this;
    const type = datatypeOf(data);
    check(
      c.MPI_Recv(data, countOf(data), type, foreignRank(source), foreignTag(tag), handle, status.words),
      'MPI_Recv',
    );
    return status;
  }

  /** Sends and receives at once: two ranks that exchange messages cannot wait for each other. */
  sendrecv(
    sent: Data,
    dest: number,
    received: Data,
    source = anySource,
    sendTag = 0,
    recvTag = anyTag,
  ): Status {
    const status = new Status();
    check(
      c.MPI_Sendrecv(
        sent,
        countOf(sent),
        datatypeOf(sent),
        foreignRank(dest),
        sendTag,
        received,
        countOf(received),
        datatypeOf(received),
        foreignRank(source),
        foreignTag(recvTag),
        this.handle,
        status.words,
      ),
      'MPI_Sendrecv',
    );
    return status;
  }

  /** `data` must not change before the request completes. */
  isend(data: Data, dest: number, tag = 0, count?: number): Request {
    const { handle } = this;
    const cell = takeCell();
    const elements = countOf(data, count);
    check(c.MPI_Isend(data, elements, datatypeOf(data), foreignRank(dest), tag, handle, cell), 'MPI_Isend');
    return new Request('send', cell, data);
  }

  /** As `isend`, but complete only when the receiver has begun to receive. */
  issend(data: Data, dest: number, tag = 0, count?: number): Request {
    const { handle } = this;
    const cell = takeCell();
    const elements = countOf(data, count);
    check(c.MPI_Issend(data, elements, datatypeOf(data), foreignRank(dest), tag, handle, cell), 'MPI_Issend');
    return new Request('send', cell, data);
  }

  irecv(data: Data, source = anySource, tag = anyTag): Request {
    const { handle } = this;
    const cell = takeCell();
    check(
      c.MPI_Irecv(data, countOf(data), datatypeOf(data), foreignRank(source), foreignTag(tag), handle, cell),
      'MPI_Irecv',
    );
    return new Request('receive', cell, data);
  }

  /** A send to be started many times; each start sends what `data` holds then. */
  sendInit(data: Data, dest: number, tag = 0, count?: number): PersistentRequest {
    const { handle } = this;
    const cell = takeCell();
    const elements = countOf(data, count);
    check(
      c.MPI_Send_init(data, elements, datatypeOf(data), foreignRank(dest), tag, handle, cell),
      'MPI_Send_init',
    );
    return new PersistentRequest('send', cell, data);
  }

  /** A receive to be started many times, always into `data`. */
  recvInit(data: Data, source = anySource, tag = anyTag): PersistentRequest {
    const { handle } = this;
    const cell = takeCell();
    check(
      c.MPI_Recv_init(
        data,
        countOf(data),
        datatypeOf(data),
        foreignRank(source),
        foreignTag(tag),
        handle,
        cell,
      ),
      'MPI_Recv_init',
    );
    return new PersistentRequest('receive', cell, data);
  }

  /** Blocks until a message that matches can be received, and says what it is. */
  probe(source = anySource, tag = anyTag): Status {
    const status = new Status();
    check(c.MPI_Probe(foreignRank(source), foreignTag(tag), this.handle, status.words), 'MPI_Probe');
    return status;
  }

  /** What `probe` would find now, or undefined. */
  iprobe(source = anySource, tag = anyTag, status = new Status()): Status | undefined {
    check(c.MPI_Iprobe(foreignRank(source), foreignTag(tag), this.handle, flag, status.words), 'MPI_Iprobe');
    return flag[0] === 0 ? undefined : status;
  }

  /** As `probe`, and takes the message out of the queue: only the object returned can receive it. */
  mprobe(source = anySource, tag = anyTag): Message {
    const status = new Status();
    const cell: HandleArray = newHandles(1);
    check(c.MPI_Mprobe(foreignRank(source), foreignTag(tag), this.handle, cell, status.words), 'MPI_Mprobe');
    return new Message(cell, status);
  }

  /** What `mprobe` would find now, or undefined. */
  improbe(source = anySource, tag = anyTag): Message | undefined {
    const status = new Status();
    const cell: HandleArray = newHandles(1);
    check(
      c.MPI_Improbe(foreignRank(source), foreignTag(tag), this.handle, flag, cell, status.words),
      'MPI_Improbe',
    );
    return flag[0] === 0 ? undefined : new Message(cell, status);
  }
}
