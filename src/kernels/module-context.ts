/** What a kernel of a user's module gets: the context of its case, and what the study and `prepare` gave to all. */
import type { Comm } from '../mpi/index.js';
import type { ModuleContext } from './define.js';
import type { KernelContext } from './kernel.js';

export interface ModuleExtra {
  readonly shared: Readonly<Record<string, unknown>>;
  readonly settings: unknown;
  readonly prepared: unknown;
  /** Of a study whose cases are computed by several ranks together. */
  readonly comm?: () => Comm;
}

/** Looks through to the case's context: made for each case, so that it must cost next to nothing. */
export class CaseInModule implements ModuleContext<unknown> {
  readonly shared: ModuleExtra['shared'];
  readonly settings: unknown;
  readonly prepared: unknown;
  readonly #context: KernelContext;
  readonly #comm: (() => Comm) | undefined;

  constructor(context: KernelContext, { shared, settings, prepared, comm }: ModuleExtra) {
    this.#context = context;
    this.shared = shared;
    this.settings = settings;
    this.prepared = prepared;
    this.#comm = comm;
  }

  get comm(): Comm {
    if (this.#comm) return this.#comm();
    throw new Error(
      'this kernel asks for context.comm: its study needs execution.ranks_per_task of 2 or more',
    );
  }

  get first(): number {
    return this.#context.first;
  }

  get attempt(): number {
    return this.#context.attempt;
  }

  get worker(): number {
    return this.#context.worker;
  }

  get threads(): number {
    return this.#context.threads;
  }

  get environment(): KernelContext['environment'] {
    return this.#context.environment;
  }

  get signal(): AbortSignal {
    return this.#context.signal;
  }

  get isCancelled(): boolean {
    return this.#context.isCancelled;
  }

  get log(): KernelContext['log'] {
    return this.#context.log;
  }

  get progress(): KernelContext['progress'] {
    return this.#context.progress;
  }

  get scratch(): KernelContext['scratch'] {
    return this.#context.scratch;
  }
}
