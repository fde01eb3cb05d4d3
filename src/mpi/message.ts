/** A message taken out of the queue by a matched probe (MPI standard, "Matching Probe"). */
import { InputError } from '../errors/input-error.js';
import { takeCell } from './cells.js';
import { countOf, type Data, datatypeOf } from './datatype.js';
import { check } from './errors.js';
import { functions } from './functions.js';
import type { HandleArray } from './library.js';
import { Request } from './request.js';
import type { Status } from './status.js';

const c = functions(
  'int MPI_Mrecv(void *buf, int count, MPI_Datatype datatype, MPI_Message *message, MPI_Status *status)',
  'int MPI_Imrecv(void *buf, int count, MPI_Datatype datatype, MPI_Message *message, MPI_Request *request)',
);

/** It must be received, once. */
export class Message {
  /** Who sent it, its tag, its length. */
  readonly status: Status;
  readonly #cell: HandleArray;
  #isReceived = false;

  constructor(cell: HandleArray, status: Status) {
    this.#cell = cell;
    this.status = status;
  }

  /** Blocks until `data` is filled. */
  recv(data: Data): Status {
    const type = datatypeOf(data);
    const count = countOf(data);
    this.#take();
    check(c.MPI_Mrecv(data, count, type, this.#cell, this.status.words), 'MPI_Mrecv');
    return this.status;
  }

  irecv(data: Data): Request {
    const type = datatypeOf(data);
    const count = countOf(data);
    const cell = takeCell();
    this.#take();
    check(c.MPI_Imrecv(data, count, type, this.#cell, cell), 'MPI_Imrecv');
    return new Request('receive', cell, data);
  }

  #take(): void {
    if (this.#isReceived) throw new InputError('this message was received already');
    this.#isReceived = true;
  }
}
