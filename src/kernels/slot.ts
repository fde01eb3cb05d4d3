/** A place where one batch at a time is computed: it makes the contexts of kernels, and says what is running. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { BeaconSlot } from '../process/beacon/writer.js';
import type { CancelSource } from './cancel.js';
import type { BatchContext, KernelContext } from './kernel.js';

export interface SlotOptions {
  readonly worker: number;
  readonly threads: number;
  readonly cancel: CancelSource;
  readonly beacon: BeaconSlot;
  /** Where folders of cases are made. It need not exist, and is whoever's who gives it to remove. */
  readonly scratchRoot: () => string;
  /** The system has ended a process that a kernel started, for want of memory. Absent where nobody supervises this one. */
  isStarved?(): boolean;
  log(message: string): void;
}

/** What a case may use, and the variables that say so to programs where that differs from case to case. */
export interface Allotment {
  readonly threads: number;
  readonly environment: Readonly<Record<string, string>>;
}

export class Slot {
  readonly options: SlotOptions;
  readonly #beacon: BeaconSlot;
  #scratch: string | undefined;
  #first = 0;
  #allotment: Allotment;

  constructor(options: SlotOptions) {
    this.options = options;
    this.#allotment = { threads: options.threads, environment: {} };
    this.#beacon = options.beacon;
  }

  /** The kernel is about to be called for these cases; `close` comes when it has returned. */
  open(first: number, count: number, attempt: number): BatchContext {
    this.#enter(first, count);
    return new SlotContext(this, first, attempt);
  }

  /** From here on kernels may use so much. */
  allot(allotment: Allotment): void {
    this.#allotment = allotment;
  }

  get allotment(): Allotment {
    return this.#allotment;
  }

  /**
   * Some of these cases have failed. Where that was for want of memory, whatever the kernel made of it, this process ends
   * before it has said so: its supervisor, which knows the limit, takes it for what it was.
   */
  failed(first: number, count: number): void {
    if (!this.options.isStarved?.()) return;
    // Which case of a batch it was is found by trying each alone.
    if (count > 1) this.#enter(first, count);
    process.kill(process.pid, 'SIGKILL');
  }

  close(): void {
    this.#beacon.end();
    if (this.#scratch !== undefined) this.#removeScratch();
  }

  /** One case of a batch, by itself. */
  single(index: number, attempt: number): KernelContext {
    this.#enter(index, 1);
    return new SlotContext(this, index, attempt);
  }

  readonly log = (message: string): void => {
    this.#beacon.sign();
    this.options.log(message);
  };

  readonly progress = (fraction: number, text = ''): void => {
    if (!(fraction >= 0 && fraction <= 1)) {
      throw new RangeError(`progress takes a part of 1, from 0 to 1, not ${fraction}`);
    }
    this.#beacon.progress(fraction, text);
  };

  readonly scratch = (): string => {
    if (this.#scratch !== undefined) return this.#scratch;
    const folder = join(this.options.scratchRoot(), `case-${this.#first}`);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#scratch = folder;
    return folder;
  };

  #enter(first: number, count: number): void {
    if (this.#scratch !== undefined) this.#removeScratch();
    this.#first = first;
    this.#beacon.begin(first, count);
  }

  #removeScratch(): void {
    const folder = this.#scratch as string;
    this.#scratch = undefined;
    rmSync(folder, { recursive: true, force: true, maxRetries: 2 });
  }
}

/** Getters rather than fields: a context costs next to nothing, and its members can be taken out of it. */
class SlotContext implements BatchContext {
  readonly first: number;
  readonly attempt: number;
  readonly #slot: Slot;

  constructor(slot: Slot, first: number, attempt: number) {
    this.first = first;
    this.attempt = attempt;
    this.#slot = slot;
  }

  get worker(): number {
    return this.#slot.options.worker;
  }

  get threads(): number {
    return this.#slot.allotment.threads;
  }

  get environment(): Readonly<Record<string, string>> {
    return this.#slot.allotment.environment;
  }

  get signal(): AbortSignal {
    return this.#slot.options.cancel.signal;
  }

  get isCancelled(): boolean {
    return this.#slot.options.cancel.isCancelled;
  }

  get log(): (message: string) => void {
    return this.#slot.log;
  }

  get progress(): (fraction: number, text?: string) => void {
    return this.#slot.progress;
  }

  get scratch(): () => string {
    return this.#slot.scratch;
  }

  single(offset: number): KernelContext {
    return this.#slot.single(this.first + offset, this.attempt);
  }
}
