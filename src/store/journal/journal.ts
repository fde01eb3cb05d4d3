import type { EnvironmentError } from '../../errors/environment-error.js';
import { frameKinds, type RecordKind } from './format.js';
import { GroupBuffer } from './group-buffer.js';
import { SegmentWriter } from './segment-writer.js';
import { writeFailure } from './write-failure.js';

/** An open journal. Positions are bytes appended since it was opened. */
export interface Journal {
  /**
   * Copies a record into the open group and returns the position behind it. Never waits for the disk. `cases`: how
   * many results it holds, for the limit of a group.
   */
  append(kind: RecordKind, bytes: Uint8Array, cases?: number): number;
  /** Position behind the last record. */
  readonly appended: number;
  /** Position up to which records survive whatever happens to the machine. */
  readonly durable: number;
  /** Bytes that wait for the disk, for a byte budget. */
  readonly backlogBytes: number;
  /** Commits everything appended so far, now. */
  flush(): Promise<void>;
  /** Commits the rest and ends; appending afterwards throws. After a failed write it only ends. */
  close(): Promise<void>;
  /** Called after each commit. */
  onDurable(listener: (position: number) => void): void;
  /** Called once when the disk refuses; nothing that comes later is kept, and appending throws. */
  onError(listener: (error: EnvironmentError) => void): void;
}

export interface JournalOptions {
  readonly dir: string;
  readonly fingerprint: string;
  readonly firstSegment: number;
  /** Least time between two commits, unless the group is full or somebody waits; Infinity waits for just that. */
  readonly groupMs: number;
  /** Results from which a group is committed at once; Infinity for no such limit. */
  readonly groupCases: number;
  /** Size from which a group is committed at once. */
  readonly groupBytes: number;
  /** Size from which the next group starts a new segment. */
  readonly segmentBytes: number;
  /** Asked before each commit; throws when another process has taken the run directory over. */
  readonly checkOwner: () => void;
}

const longestTimerMs = 2 ** 31 - 1;

/** One write is in flight at a time; what is appended meanwhile makes the next group. */
export class GroupCommitJournal implements Journal {
  readonly #options: JournalOptions;
  readonly #buffer: GroupBuffer;
  readonly #writer: SegmentWriter;
  readonly #durableListeners: ((position: number) => void)[] = [];
  readonly #errorListeners: ((error: EnvironmentError) => void)[] = [];
  #waiters: { position: number; resolve: () => void; reject: (error: Error) => void }[] = [];
  #appended = 0;
  #durable = 0;
  /** Results in the open group. */
  #cases = 0;
  #isWriting = false;
  #isClosed = false;
  #failure: EnvironmentError | undefined;
  #timer: NodeJS.Timeout | undefined;
  #lastCommitMs = Number.NEGATIVE_INFINITY;

  constructor(options: JournalOptions) {
    this.#options = options;
    this.#buffer = new GroupBuffer({
      fingerprint: options.fingerprint,
      firstSegment: options.firstSegment,
      pageBytes: options.groupBytes,
      segmentBytes: options.segmentBytes,
    });
    this.#writer = new SegmentWriter(options.dir);
  }

  get appended(): number {
    return this.#appended;
  }

  get durable(): number {
    return this.#durable;
  }

  get backlogBytes(): number {
    return this.#appended - this.#durable;
  }

  append(kind: RecordKind, bytes: Uint8Array, cases = 0): number {
    if (this.#failure) throw this.#failure;
    if (this.#isClosed) throw new Error('the journal is closed');
    this.#appended += this.#buffer.add(frameKinds[kind], bytes);
    this.#cases += cases;
    if (this.#isFull()) this.#commit();
    else if (this.#timer === undefined && !this.#isWriting) this.#schedule();
    return this.#appended;
  }

  flush(): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure);
    if (this.#durable === this.#appended) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiters.push({ position: this.#appended, resolve, reject });
      this.#commit();
    });
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#timer);
    try {
      if (!this.#failure) {
        await this.flush();
        await this.#markEnd();
      }
    } finally {
      await this.#writer.close();
    }
  }

  onDurable(listener: (position: number) => void): void {
    this.#durableListeners.push(listener);
  }

  onError(listener: (error: EnvironmentError) => void): void {
    this.#errorListeners.push(listener);
  }

  #isFull(): boolean {
    return this.#buffer.bytes >= this.#options.groupBytes || this.#cases >= this.#options.groupCases;
  }

  #schedule(): void {
    if (this.#options.groupMs === Number.POSITIVE_INFINITY) return;
    const wait = Math.max(0, this.#lastCommitMs + this.#options.groupMs - performance.now());
    // A longer timer would fire at once.
    this.#timer = setTimeout(() => this.#commit(), Math.min(wait, longestTimerMs));
  }

  #commit(): void {
    if (this.#isWriting || this.#failure) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const position = this.#appended;
    const group = this.#buffer.take();
    if (!group) return;
    this.#cases = 0;
    this.#isWriting = true;
    this.#write(group).then(
      () => this.#onCommitted(position),
      (error: Error) => this.#onFailed(error),
    );
  }

  async #write(group: Parameters<GroupBuffer['recycle']>[0]): Promise<void> {
    this.#options.checkOwner();
    await this.#writer.write(group);
    this.#buffer.recycle(group);
  }

  #onCommitted(position: number): void {
    this.#isWriting = false;
    this.#lastCommitMs = performance.now();
    this.#durable = position;
    const waiting = this.#waiters;
    this.#waiters = waiting.filter((waiter) => waiter.position > position);
    if (this.#waiters.length > 0 || this.#isFull()) this.#commit();
    else if (this.#buffer.bytes > 0 && !this.#isClosed) this.#schedule();
    for (const waiter of waiting) if (waiter.position <= position) waiter.resolve();
    for (const listener of this.#durableListeners) listener(position);
  }

  #onFailed(cause: Error): void {
    this.#isWriting = false;
    const failure = writeFailure(this.#options.dir, cause);
    this.#failure = failure;
    for (const waiter of this.#waiters.splice(0)) waiter.reject(failure);
    for (const listener of this.#errorListeners) listener(failure);
  }

  /** Without it, damage to the last group of a finished run could not be told from a torn end. */
  async #markEnd(): Promise<void> {
    if (this.#durable === 0) return;
    this.#buffer.addMark();
    const group = this.#buffer.take();
    if (group) await this.#write(group).catch((error: Error) => this.#onFailed(error));
  }
}
