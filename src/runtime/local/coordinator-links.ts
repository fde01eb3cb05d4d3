/** The coordinator's end of local workers: child processes that speak frames over their standard input and output. */
import type { CoordinatorLinks, LinkHandlers } from '../links/transport.js';
import type { Supervisor } from './supervisor.js';

export interface LocalOptions {
  readonly workers: readonly number[];
  /** Starts the process of worker `worker`. */
  supervise(worker: number): Supervisor;
}

export function localLinks(options: LocalOptions): CoordinatorLinks {
  return new LocalLinks(options);
}

class LocalLinks implements CoordinatorLinks {
  readonly kind = 'local';
  readonly isFragile = false;
  readonly workers: readonly number[];
  readonly #supervisors: ReadonlyMap<number, Supervisor>;

  constructor({ workers, supervise }: LocalOptions) {
    this.workers = workers;
    this.#supervisors = new Map(workers.map((worker) => [worker, supervise(worker)]));
  }

  start(handlers: LinkHandlers): void {
    for (const [worker, supervisor] of this.#supervisors) {
      supervisor.listen({
        onMessage: (bytes) => handlers.onMessage(worker, bytes),
        onDrained: () => handlers.onDrained(),
        onError: (error) => handlers.onError(error),
        onLost: (loss) => handlers.onLost(worker, loss),
      });
    }
  }

  send(worker: number, bytes: Uint8Array): void {
    this.#supervisors.get(worker)?.send(bytes);
  }

  async broadcast(bytes: Uint8Array): Promise<void> {
    for (const supervisor of this.#supervisors.values()) supervisor.send(bytes);
  }

  /** The number stays: nothing of the lost process is under way any more. */
  replace(worker: number): number | undefined {
    return this.#supervisors.get(worker)?.restart() ? worker : undefined;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#supervisors.values()].map((supervisor) => supervisor.close()));
  }

  abort(): void {
    for (const supervisor of this.#supervisors.values()) supervisor.abort();
  }
}
