/** The coordinator's end of workers that are ranks of one MPI job. */
import type { Teams } from '../../coordinator/state.js';
import type { Ended } from '../../messages/message.js';
import { decodeMessage, encodeMessage, isKind } from '../../messages/wire.js';
import { anySource, type Comm, isFaultTolerant, ProcessFailedError } from '../../mpi/index.js';
import type { CoordinatorLinks, LinkHandlers } from '../links/transport.js';
import { Pause } from '../pause.js';
import { Failures } from './failures.js';
import { Inbox } from './inbox.js';
import { Outbox } from './outbox.js';
import { farewell, slotBytesOf, toCoordinatorTag, toWorkerTag } from './protocol.js';

/** Sends under way at once before buffers are added. */
const sendSlots = 64;

/** Messages read before workers are answered. */
const drainLimit = 64;

/** The event loop gets a turn after this time: the journal writes there. */
const turnMs = 1;

export interface MpiLinksOptions {
  /** Sees to it that the ranks end without MPI_Finalize. */
  abort(): void;
  /** Number of the worker that each rank is, the coordinator's own first; the ranks themselves when absent. */
  readonly numbers?: readonly number[];
  readonly teams?: Teams;
  /** Kernels live in the ranks themselves, and end them when they end. */
  readonly isFragile?: boolean;
}

/** Workers are the ranks 1 … size − 1. `comm` belongs to the links from here on. */
export function mpiCoordinatorLinks(comm: Comm, options: MpiLinksOptions): CoordinatorLinks {
  return new MpiCoordinatorLinks(comm, options);
}

class MpiCoordinatorLinks implements CoordinatorLinks {
  readonly kind = 'mpi';
  readonly isFragile: boolean;
  readonly workers: readonly number[];
  readonly teams?: Teams;
  readonly #numbers: readonly number[];
  readonly #ranks: ReadonlyMap<number, number>;
  readonly #comm: Comm;
  readonly #outbox: Outbox;
  readonly #abort: () => void;
  readonly #failures: Failures;
  readonly #pause = new Pause();
  #handlers: LinkHandlers | undefined;
  #inbox: Inbox | undefined;
  /** Ranks that have died, and whose last messages may be on their way still. */
  #dying: number[] = [];
  #hasLost = false;
  #isClosed = false;
  /** Ranks whose child has ended and has a successor, which waits for a word. */
  readonly #succeeded = new Set<number>();
  /** Ranks that have no child any more, and wait to be sent home. */
  readonly #childless = new Set<number>();

  constructor(comm: Comm, { abort, numbers, teams, isFragile = true }: MpiLinksOptions) {
    this.isFragile = isFragile && !isFaultTolerant();
    this.#comm = comm;
    this.#numbers = numbers ?? Array.from({ length: comm.size }, (_, i) => i);
    this.#ranks = new Map(this.#numbers.map((number, rank) => [number, rank]));
    if (teams) this.teams = teams;
    this.#abort = abort;
    this.#failures = new Failures(comm);
    const { toWorker } = slotBytesOf();
    this.#outbox = new Outbox(comm, toWorkerTag, toWorker, sendSlots, toWorker);
    this.workers = this.#numbers.slice(1);
  }

  start(handlers: LinkHandlers): void {
    this.#handlers = handlers;
    const { toCoordinator } = slotBytesOf();
    this.#inbox = new Inbox(this.#comm, anySource, toCoordinatorTag, toCoordinator, (rank, bytes) => {
      if (this.#isDead(rank)) return;
      const worker = this.#numbers[rank] as number;
      if (isKind(bytes, 'ended')) this.#onEnded(worker, decodeMessage(bytes) as Ended);
      else handlers.onMessage(worker, bytes);
    });
    setImmediate(this.#pump);
  }

  /** A rank keeps what was broadcast, and gives it to its next child itself. */
  send(worker: number, bytes: Uint8Array): void {
    const rank = this.#ranks.get(worker) as number;
    if (!this.#isClosed && !this.#isDead(rank) && !isKind(bytes, 'welcome')) {
      try {
        this.#outbox.send(rank, bytes);
      } catch (error) {
        passOverDeath(error);
      }
    }
    this.#pause.reset();
  }

  /**
   * The length, then the bytes: receivers know neither. Where ranks may die each gets a message of its own, since a
   * collective call needs all of them.
   */
  async broadcast(bytes: Uint8Array): Promise<void> {
    if (isFaultTolerant()) {
      this.#sendToEach(bytes.slice());
      return;
    }
    await this.#comm.ibcast(Float64Array.of(bytes.byteLength), 0);
    await this.#comm.ibcast(bytes, 0);
  }

  /** A rank has a successor for its child ready, or none. */
  replace(worker: number): number | undefined {
    if (!this.#succeeded.delete(worker)) return undefined;
    this.send(worker, encodeMessage({ kind: 'resume' }));
    return worker;
  }

  async close(): Promise<void> {
    for (const worker of this.#childless) this.send(worker, encodeMessage({ kind: 'stop' }));
    if (isFaultTolerant()) for (const worker of this.workers) this.send(worker, farewell);
    while (!this.#outbox.isIdle()) await new Promise((resolve) => setImmediate(resolve));
    this.#isClosed = true;
    // Ranks that have left interrupt receives for ever.
    if (!isFaultTolerant()) this.#inbox?.free();
  }

  abort(): void {
    this.#isClosed = true;
    this.#abort();
  }

  #onEnded(worker: number, { loss, hasSuccessor }: Ended): void {
    (hasSuccessor ? this.#succeeded : this.#childless).add(worker);
    (this.#handlers as LinkHandlers).onLost(worker, loss);
  }

  readonly #pump = (): void => {
    if (this.#isClosed) return;
    const handlers = this.#handlers as LinkHandlers;
    try {
      let isBusy = false;
      const started = performance.now();
      while (this.#drain() > 0) {
        handlers.onDrained();
        isBusy = true;
        if (performance.now() - started > turnMs) break;
      }
      if (!isBusy && this.#dying.length > 0) this.#bury(handlers);
      if (isBusy) {
        this.#pause.reset();
        setImmediate(this.#pump);
      } else {
        this.#pause.rest(this.#pump);
      }
    } catch (error) {
      handlers.onError(error as Error);
    }
  };

  /** Hands on what has come; more than nothing when there may be more. */
  #drain(): number {
    try {
      return (this.#inbox as Inbox).drain(drainLimit);
    } catch (error) {
      if (!(error instanceof ProcessFailedError)) throw error;
      this.#dying.push(...this.#failures.acknowledge(error));
      return 1;
    }
  }

  /** Nothing more has come of those who died: they are lost, and what comes later comes too late. */
  #bury(handlers: LinkHandlers): void {
    const dead = this.#dying;
    this.#dying = [];
    this.#hasLost = true;
    for (const rank of dead) handlers.onLost(this.#numbers[rank] as number, { how: 'was lost' });
  }

  #isDead(rank: number): boolean {
    return this.#hasLost && this.#failures.has(rank);
  }

  #sendToEach(bytes: Uint8Array): void {
    for (const rank of this.#ranks.values()) {
      try {
        if (rank > 0 && !this.#isDead(rank)) this.#outbox.sendShared(rank, bytes);
      } catch (error) {
        passOverDeath(error);
      }
    }
  }
}

/** A message that finds its receiver dead is lost with it; the receives will say so. */
function passOverDeath(error: unknown): void {
  if (!(error instanceof ProcessFailedError)) throw error;
}
