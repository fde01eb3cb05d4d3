/** A worker's place, whatever becomes of the processes in it: when one has ended, another can take its place. */
import { join } from 'node:path';
import type { Loss } from '../../messages/loss.js';
import type { Renew } from '../../messages/message.js';
import { decodeMessage, isKind } from '../../messages/wire.js';
import { type Household, removeFolder } from '../../process/guardian/household.js';
import { delegatedFolder, makeMemoryGroup } from '../../process/memory/memory-group.js';
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
  /** Of processes that nobody asks to have more. */
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

/** A process, until it has ended. */
interface Tenant {
  readonly process: KernelProcess;
  readonly gone: Promise<void>;
  /** Another one has taken its place: what it still says, and how it ends, is of no interest. */
  isRetired: boolean;
}

export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #sweeps = new Set<Promise<void>>();
  readonly #retired = new Set<Tenant>();
  #handlers: SupervisorHandlers | undefined;
  #tenant: Tenant | undefined;
  #started = 0;
  #failedStarts = 0;
  #isClosing = false;

  /** Starts the first process at once: it takes its time to come up. */
  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#start(options.memoryLimitBytes);
  }

  listen(handlers: SupervisorHandlers): void {
    this.#handlers = handlers;
    this.#tenant?.process.listen();
  }

  /** Takes a copy; what is sent to a process that has ended is lost with it. `renew` is for the supervisor itself. */
  send(bytes: Uint8Array): void {
    if (isKind(bytes, 'renew')) this.#renew((decodeMessage(bytes) as Renew).memoryBytes);
    else this.#tenant?.process.send(bytes);
  }

  /** Waits on this very thread for what the process says, `ms` at most; true when something came. */
  receive(ms: number): boolean {
    return this.#tenant?.process.receive(ms) ?? false;
  }

  /** Another process in the place of the lost one; false where it makes no sense. */
  restart(): boolean {
    if (this.#isClosing || this.#tenant || this.#failedStarts >= mostFailedStarts) return false;
    this.#start(this.#options.memoryLimitBytes);
    return true;
  }

  /** Resolves when the processes, and what they may have left behind, have ended. */
  async close(): Promise<void> {
    this.#isClosing = true;
    if (this.#tenant) await dismissed(this.#tenant);
    await Promise.all([...this.#retired].map(({ gone }) => gone));
    await Promise.all(this.#sweeps);
  }

  abort(): void {
    this.#isClosing = true;
    this.#tenant?.process.kill();
    for (const { process } of this.#retired) process.kill();
  }

  /** The process holds nothing, and gives place to one that may use so much memory. */
  #renew(memoryLimitBytes: number): void {
    const before = this.#tenant;
    // Of one that has just ended the coordinator is about to hear.
    if (this.#isClosing || !before) return;
    before.isRetired = true;
    this.#retired.add(before);
    void dismissed(before);
    this.#start(memoryLimitBytes);
  }

  #start(memoryLimitBytes: number): void {
    const { worker, household, ...options } = this.#options;
    const name = `w${worker}-${++this.#started}`;
    const scratch = join(household.scratch, name);
    const parent = Number.isFinite(memoryLimitBytes) ? delegatedFolder() : undefined;
    const group = parent && makeMemoryGroup(parent, `${household.mark}-${name}`, memoryLimitBytes);
    let messages = 0;
    let leave = (): void => {};
    const gone = new Promise<void>((resolve) => {
      leave = resolve;
    });
    const process = new KernelProcess({
      ...{ ...options, worker, household, memoryLimitBytes, memoryGroup: group, scratch },
      onMessage: (bytes) => {
        // Behind its hello a worker only speaks once it has its kernel.
        if (++messages === 2) this.#failedStarts = 0;
        if (!tenant.isRetired) this.#handlers?.onMessage(bytes);
      },
      onDrained: () => this.#handlers?.onDrained(),
      onError: (error) => this.#handlers?.onError(error),
      onEnded: (loss) => {
        if (messages < 2 && !tenant.isRetired) this.#failedStarts++;
        this.#clearUp(tenant, () => {
          removeFolder(scratch);
          group?.remove();
        });
        this.#onEnded(tenant, loss);
        leave();
      },
    });
    const tenant: Tenant = { process, gone, isRetired: false };
    this.#tenant = tenant;
    if (this.#handlers) process.listen();
  }

  #clearUp({ process }: Tenant, clear: () => void): void {
    if (this.#isClosing) {
      clear();
      return;
    }
    const sweep = process.sweep().then(clear);
    this.#sweeps.add(sweep);
    void sweep.then(() => this.#sweeps.delete(sweep));
  }

  #onEnded(tenant: Tenant, loss: Loss): void {
    if (this.#retired.delete(tenant)) return;
    this.#tenant = undefined;
    this.#handlers?.onLost(loss);
  }
}

/** Asks it to end, and ends it when it does not. */
async function dismissed({ process, gone }: Tenant): Promise<void> {
  process.close();
  const timer = setTimeout(() => process.kill(), graceMs);
  await gone;
  clearTimeout(timer);
}
