/** Nonblocking communication (MPI standard, chapter "Point-to-Point Communication"): a request and its buffers. */
import { InputError } from '../errors/input-error.js';
import { giveBackCell } from './cells.js';
import { check, isInterruption, type MpiError, mpiError } from './errors.js';
import { functions } from './functions.js';
import type { HandleArray } from './library.js';
import { completion } from './polling.js';
import { Status } from './status.js';

const c = functions(
  'int MPI_Test(MPI_Request *request, int *flag, MPI_Status *status)',
  'int MPI_Wait(MPI_Request *request, MPI_Status *status)',
  'int MPI_Cancel(MPI_Request *request)',
  'int MPI_Start(MPI_Request *request)',
  'int MPI_Request_free(MPI_Request *request)',
);

const flag = new Int32Array(1);

/** Requests that MPI may still write to or read from. Holding them here keeps their buffers from the collector. */
const active = new Set<Request>();

/** Where completed sends and collectives leave a status that says nothing. */
let unreadStatus: Status | undefined;

export type RequestKind = 'send' | 'receive' | 'collective';

/**
 * An operation under way. It owns its buffers until it completes, also when the caller drops it; the buffers must
 * not be transferred, resized or touched before. `await request` and `request.done()` poll and leave the event
 * loop alive; `request.wait()` blocks it.
 */
export class Request implements PromiseLike<Status> {
  readonly kind: RequestKind;
  /** Where the library's handle is, while there is one. */
  cell: HandleArray;
  #isCellPooled = true;
  /** Filled when a receive completes. */
  readonly status: Status;
  /** What MPI points to: data, counts, displacements. Gone once it has let them go. */
  kept: unknown;
  #isActive = false;

  constructor(kind: RequestKind, cell: HandleArray, kept: unknown, isActive = true) {
    this.kind = kind;
    this.cell = cell;
    this.kept = kept;
    if (kind !== 'receive') unreadStatus ??= new Status();
    this.status = kind === 'receive' ? new Status() : unreadStatus!;
    if (isActive) this.activate();
  }

  get isActive(): boolean {
    return this.#isActive;
  }

  /**
   * True when the operation is complete; its buffers are the caller's again. Throws MpiError when it failed. A receive
   * from any source that a rank's death interrupts (`MPIX_ERR_PROC_FAILED_PENDING`) stays open.
   */
  test(): boolean {
    if (!this.#isActive) return true;
    const code = c.MPI_Test(this.cell, flag, this.status.words);
    if (code === 0 && flag[0] === 0) return false;
    if (code !== 0) this.#settle(mpiError(code, 'MPI_Test'), flag[0] !== 0);
    this.complete();
    return true;
  }

  /** Blocks this thread, the event loop included, until the operation is complete. */
  wait(): Status {
    if (!this.#isActive) return this.status;
    const code = c.MPI_Wait(this.cell, this.status.words);
    if (code !== 0) {
      const error = mpiError(code, 'MPI_Wait');
      if (isInterruption(error)) this.test();
      else this.#settle(error, true);
    }
    this.complete();
    return this.status;
  }

  /**
   * Resolves when the operation is complete. An abort of `signal` rejects with its reason and ends the waiting
   * only: the operation goes on and keeps its buffers; a receive can be cancelled.
   */
  done(signal?: AbortSignal): Promise<Status> {
    return completion(this, signal).then(() => this.status);
  }

  // biome-ignore lint/suspicious/noThenProperty: a request is awaited; that is what makes it one
  then<Value = Status, Failure = never>(
    onFulfilled?: ((status: Status) => Value | PromiseLike<Value>) | null,
    onRejected?: ((reason: unknown) => Failure | PromiseLike<Failure>) | null,
  ): Promise<Value | Failure> {
    return this.done().then(onFulfilled, onRejected);
  }

  /** Asks a receive to give up; it still has to be completed, and `status.isCancelled` then says whether it did. */
  cancel(): void {
    if (this.kind === 'collective') throw new InputError('a collective operation cannot be cancelled');
    if (this.#isActive) check(c.MPI_Cancel(this.cell), 'MPI_Cancel');
  }

  /** Ends it whatever its state: a receive is cancelled, anything else is waited for. Idempotent. */
  free(): void {
    if (!this.#isActive) return;
    if (this.kind === 'receive') this.cancel();
    this.wait();
  }

  [Symbol.dispose](): void {
    this.free();
  }

  /** For those who start it: MPI holds the buffers from now on. */
  activate(): void {
    this.#isActive = true;
    active.add(this);
  }

  /** For those who complete it by other calls: MPI has let the buffers go. */
  complete(): void {
    this.#isActive = false;
    active.delete(this);
    if (this.isPersistent) return;
    this.kept = undefined;
    this.releaseCell();
  }

  get isPersistent(): boolean {
    return false;
  }

  /** For groups, which keep handles side by side. */
  moveHandle(cell: HandleArray): void {
    cell[0] = this.cell[0]!;
    this.releaseCell();
    this.cell = cell;
  }

  /**
   * What becomes of a request that a call found in error. Open MPI reports an interruption once more when the message
   * has come in the meantime: that is no error, but it leaves the request to be freed.
   */
  #settle(error: MpiError, isComplete: boolean): void {
    if (!isInterruption(error)) {
      this.complete();
      throw error;
    }
    if (!isComplete) throw error;
    if (!this.isPersistent) c.MPI_Request_free(this.cell);
  }

  /** When the library has forgotten the handle. */
  protected releaseCell(): void {
    if (this.#isCellPooled) giveBackCell(this.cell);
    this.#isCellPooled = false;
  }
}

/** A send or receive prepared once and started many times; its buffers are bound to it until `free`. */
export class PersistentRequest extends Request {
  #isFreed = false;

  constructor(kind: RequestKind, cell: HandleArray, kept: unknown) {
    super(kind, cell, kept, false);
  }

  override get isPersistent(): boolean {
    return true;
  }

  start(): void {
    if (this.#isFreed) throw new InputError('this persistent request was freed');
    if (this.isActive) throw new InputError('this persistent request was started and is not complete yet');
    check(c.MPI_Start(this.cell), 'MPI_Start');
    this.activate();
  }

  override free(): void {
    if (this.#isFreed) return;
    super.free();
    this.#isFreed = true;
    check(c.MPI_Request_free(this.cell), 'MPI_Request_free');
    this.releaseCell();
    this.kept = undefined;
  }
}

/** Before MPI_Finalize: receives that nobody will satisfy are cancelled, so that it does not wait for them. */
export function cancelReceives(): void {
  for (const request of [...active]) if (request.kind === 'receive') request.free();
}

/** Receives, sends and collectives that have not completed: what a leak looks like. */
export function activeRequestCount(): number {
  return active.size;
}
