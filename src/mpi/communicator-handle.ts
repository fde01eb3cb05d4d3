/** The lifetime of a communicator (MPI standard, chapter "Groups, Contexts, Communicators, and Caching"). */
import { InputError } from '../errors/input-error.js';
import { init } from './environment.js';
import { check } from './errors.js';
import { functions } from './functions.js';
import { type Handle, newHandle, predefined } from './library.js';

const c = functions(
  'int MPI_Comm_rank(MPI_Comm comm, int *rank)',
  'int MPI_Comm_size(MPI_Comm comm, int *size)',
  'int MPI_Comm_free(MPI_Comm *comm)',
);

const value = new Int32Array(1);

/** A predefined communicator's handle is looked up on first use, which starts MPI. */
export type CommunicatorSource = 'MPI_COMM_WORLD' | 'MPI_COMM_SELF' | { readonly handle: Handle };

export abstract class CommunicatorHandle {
  readonly #source: CommunicatorSource;
  #handle: Handle | undefined;
  #isFreed = false;
  #rank = -1;
  #size = -1;

  constructor(source: CommunicatorSource) {
    this.#source = source;
    if (typeof source === 'object') this.#handle = source.handle;
  }

  /** The library's handle. Throws InputError after `free`. */
  get handle(): Handle {
    return this.#handle ?? this.#open();
  }

  /** This process's number in the communicator, from 0. */
  get rank(): number {
    if (this.#rank < 0) {
      check(c.MPI_Comm_rank(this.handle, value), 'MPI_Comm_rank');
      this.#rank = value[0]!;
    }
    return this.#rank;
  }

  /** How many processes the communicator has. */
  get size(): number {
    if (this.#size < 0) {
      check(c.MPI_Comm_size(this.handle, value), 'MPI_Comm_size');
      this.#size = value[0]!;
    }
    return this.#size;
  }

  /** Collective over the communicator, and therefore never done by the garbage collector. Idempotent. */
  free(): void {
    if (typeof this.#source !== 'object') {
      throw new InputError('the world and self communicators cannot be freed');
    }
    if (this.#isFreed) return;
    const cell = newHandle(this.handle);
    this.#isFreed = true;
    this.#handle = undefined;
    check(c.MPI_Comm_free(cell), 'MPI_Comm_free');
  }

  [Symbol.dispose](): void {
    this.free();
  }

  #open(): Handle {
    if (typeof this.#source === 'object') throw new InputError('this communicator was freed');
    init();
    this.#handle = predefined(this.#source);
    return this.#handle;
  }
}
