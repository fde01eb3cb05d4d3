/** The contract between a role and what carries its messages; MPI and local processes keep it alike. */
import type { Teams } from '../../coordinator/state.js';
import type { Loss } from '../../messages/loss.js';

/** What a transport tells the coordinator. Byte views are valid until the handler returns. */
export interface LinkHandlers {
  onMessage(worker: number, bytes: Uint8Array): void;
  /** All that waited has been given to `onMessage`. */
  onDrained(): void;
  /** A worker has come that nobody started here; its hello follows. */
  onGuest?(worker: number): void;
  /** This worker will send nothing more; before its `bye` that is a loss. */
  onLost(worker: number, loss: Loss): void;
  /** The transport itself failed. */
  onError(error: Error): void;
}

/** The coordinator's end. */
export interface CoordinatorLinks {
  readonly kind: 'mpi' | 'local' | 'inline';
  /** A worker that dies takes everybody with it, this process too. */
  readonly isFragile: boolean;
  /** Workers that will say hello. */
  readonly workers: readonly number[];
  /** Those of them that are node coordinators, with the workers behind each. */
  readonly teams?: Teams;
  start(handlers: LinkHandlers): void;
  /** Takes a copy; messages to one worker arrive in order. */
  send(worker: number, bytes: Uint8Array): void;
  /** The same message to all workers, once a run, before anything else is sent. */
  broadcast(bytes: Uint8Array): Promise<void>;
  /** Starts another process in place of a lost worker and returns its number; undefined where that cannot be. */
  replace(worker: number): number | undefined;
  /** Ends the links in good order, after every `bye`. */
  close(): Promise<void>;
  /** Ends the workers, whatever they do: at once, or together with this process where there is no other way. */
  abort(): void;
}

/** A worker's end. */
export interface WorkerLink {
  /** Where the next `results` message is built, from its first byte. The array changes with each `commit`. */
  readonly outgoing: Uint8Array;
  /** Sends the first `length` bytes of `outgoing`. */
  commit(length: number): void;
  /** Takes a copy of a message of any size. What `outgoing` holds is lost: commit it before. */
  send(bytes: Uint8Array): void;
  /** Gives messages that have come to the handler; true when there was one. */
  poll(): boolean;
  /** Resolves when `poll` would find something, or the coordinator is gone. */
  wait(): Promise<void>;
  /** Resolves when what was sent needs nothing more of this process: call it before a computation that takes long. */
  settle(): Promise<void>;
  /** Set once, before the first poll. */
  handler: (bytes: Uint8Array) => void;
  /** Resolves when all that was sent has left. */
  close(): Promise<void>;
}

/** Bytes of a results message that need no second look: larger ones go by a slower way. */
export const slotBytes = 256 * 1024;
