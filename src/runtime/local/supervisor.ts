/** A worker's place, whatever becomes of the processes in it: when one has ended, another can take its place. */
import { join } from 'node:path';
import type { Loss } from '../../messages/loss.js';
import { type Household, removeFolder } from '../../process/guardian/household.js';
import { delegatedFolder, type MemoryGroup, makeMemoryGroup } from '../../process/memory/memory-group.js';
import type { Share } from '../../process/node/share.js';
import type { Carrier } from '../../process/spawn/carrier.js';
import { KernelProcess } from './kernel-process.js';
import type { Limits } from './watch.js';

export interface SupervisorOptions {
  readonly worker: number;
  readonly entry: string;
  readonly args: readonly string[];
  readonly household: Household;
  readonly carrier?: Carrier | undefined;
  readonly share: Share;
  readonly limits: Limits;
  readonly memoryLimitBytes: number;
  onErrorLine(line: string, isNews: boolean): void;
}

export interface SupervisorHandlers {
  onMessage(bytes: Uint8Array): void;
  onDrained(): void;
  onError(error: Error): void;
  onLost(loss: Loss): void;
}

/** Starts in a row that never came up: a program that dies at every start must not go on for ever. */
const mostFailedStarts = 4;

/** Time that a process has to end by itself once its input is closed. */
const graceMs = 2_000;

export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #sweeps = new Set<Promise<void>>();
  #handlers: SupervisorHandlers | undefined;
  #process: KernelProcess | undefined;
  #group: MemoryGroup | undefined;
  #started = 0;
  #failedStarts = 0;
  #isClosing = false;
  #onGone: () => void = () => {};

  /** Starts the first process at once: it takes its time to come up. */
  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#start();
  }

  listen(handlers: SupervisorHandlers): void {
    this.#handlers = handlers;
    this.#process?.listen();
  }

  /** Takes a copy; what is sent to a process that has ended is lost with it. */
  send(bytes: Uint8Array): void {
    this.#process?.send(bytes);
  }

  /** Another process in the place of the lost one; false where it makes no sense. */
  restart(): boolean {
    if (this.#isClosing || this.#process || this.#failedStarts >= mostFailedStarts) return false;
    this.#start();
    return true;
  }

  /** Resolves when the process, and what it may have left behind, has ended. */
  async close(): Promise<void> {
    this.#isClosing = true;
    const running = this.#process;
    if (running) {
      const gone = new Promise<void>((resolve) => {
        this.#onGone = resolve;
      });
      running.close();
      const timer = setTimeout(() => running.kill(), graceMs);
      await gone;
      clearTimeout(timer);
    }
    await Promise.all(this.#sweeps);
  }

  abort(): void {
    this.#isClosing = true;
    this.#process?.kill();
  }

  #start(): void {
    const { worker, household, memoryLimitBytes, ...options } = this.#options;
    const name = `w${worker}-${++this.#started}`;
    const scratch = join(household.scratch, name);
    const parent = Number.isFinite(memoryLimitBytes) ? delegatedFolder() : undefined;
    const group = parent && makeMemoryGroup(parent, `${household.mark}-${name}`, memoryLimitBytes);
    let messages = 0;
    this.#group = group;
    this.#process = new KernelProcess({
      ...{ ...options, worker, household, memoryLimitBytes, memoryGroup: group, scratch },
      onMessage: (bytes) => {
        // Behind its hello a worker only speaks once it has its kernel.
        if (++messages === 2) this.#failedStarts = 0;
        this.#handlers?.onMessage(bytes);
      },
      onDrained: () => this.#handlers?.onDrained(),
      onError: (error) => this.#handlers?.onError(error),
      onEnded: (loss) => this.#onEnded(loss, messages, scratch),
    });
    if (this.#handlers) this.#process.listen();
  }

  #onEnded(loss: Loss, messages: number, scratch: string): void {
    const ended = this.#process as KernelProcess;
    this.#process = undefined;
    if (messages < 2) this.#failedStarts++;
    const group = this.#group;
    const clear = (): void => {
      removeFolder(scratch);
      group?.remove();
    };
    if (this.#isClosing) {
      clear();
    } else {
      const sweep = ended.sweep().then(clear);
      this.#sweeps.add(sweep);
      void sweep.then(() => this.#sweeps.delete(sweep));
    }
    this.#handlers?.onLost(loss);
    this.#onGone();
  }
}
