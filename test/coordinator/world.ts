/**
 * A coordinator among simulated workers. Every message crosses as bytes of the real wire format and waits in a queue
 * until the test moves it; what is left in a queue at the end is something that a real run would still be waiting for.
 */
import {
  type Block,
  decodeBlock,
  encodeBlock,
  type Failure,
  readBlockHeader,
} from '../../src/codec/block.js';
import type { ColumnSpec } from '../../src/codec/columns.js';
import type { Comm } from '../../src/coordinator/comm.js';
import * as reactor from '../../src/coordinator/reactor.js';
import {
  type CoordinatorOptions,
  createState,
  defaultOptions,
  noPast,
  type Past,
} from '../../src/coordinator/state.js';
import type { Loss } from '../../src/messages/loss.js';
import type { Assignment, CaseGrant, Message } from '../../src/messages/message.js';
import { decodeMessage, encodeMessage } from '../../src/messages/wire.js';
import { createScheduler, type Scheduler } from '../../src/schedule/scheduler.js';
import type { Chunk } from '../../src/schedule/work-queue.js';
import type { Strategy } from '../../src/study/study.js';
import { inWords, newSimulatedWorker, type SimulatedWorker, takeHalf } from './simulated-worker.js';
import { checkRoom, homeOf, shortageOf } from './world-memory.js';

const specs: readonly ColumnSpec[] = [{ name: 'value', dtype: 'float64', shape: [] }];

/** What case `index` has as its result. */
export const resultOf = (index: number): number => Math.sqrt(index) + 0.5;

/** A case that has a row in the journal. */
export interface Row {
  readonly worker: number;
  readonly attempt: number;
  readonly value: number;
  readonly failure: string | undefined;
}

export interface WorldOptions extends Partial<CoordinatorOptions> {
  readonly ranges: readonly Chunk[];
  readonly workers: number;
  readonly strategy?: Strategy;
  readonly chunk?: number | 'auto';
  /** Cases whose worker dies of them. */
  readonly deadly?: ReadonlySet<number>;
  /** Memory that cases need, where that is more than nothing. */
  readonly needs?: ReadonlyMap<number, number>;
  /** Of the one host. */
  readonly hostBytes?: number;
  /** What a process keeps of the cases that it has computed. */
  readonly leakBytes?: number;
  /** How an attempt at a case fails; undefined when it does not. */
  readonly failing?: (index: number, attempt: number) => 'failed' | 'timeout' | undefined;
  readonly past?: Past;
  /** Instead of the one of the strategy. */
  readonly scheduler?: Scheduler;
  /** A worker comes up. */
  readonly onStart?: (worker: number) => void;
  /** A case is computed. */
  readonly onCompute?: (index: number, grant: CaseGrant | undefined) => void;
  readonly blockMs?: number;
  /** Whether a new worker comes for each one that dies; true unless said otherwise. */
  readonly hasSuccessors?: boolean;
}

export class World {
  readonly state;
  readonly workers: SimulatedWorker[] = [];
  /** Rows of every case; more than one is what must not be. */
  readonly rows = new Map<number, Row[]>();
  /** Workers that died of a deadly case, by case. */
  readonly deaths = new Map<number, number>();
  /** Attempts that were computed, in their order, by case. */
  readonly attempts = new Map<number, number[]>();
  assignedAfterStop = 0;
  nowMs = 0;
  /** How often a worker was asked for what it had not begun, and how many cases came back. */
  revokes = 0;
  releasedCases = 0;
  /** What the journal says of deaths. */
  readonly crashes = new Map<number, number>();
  /** The disk was asked to be quick. */
  isHastened = false;
  /** Workers in the order in which they were told to stop. */
  readonly stopped: number[] = [];
  readonly #options: WorldOptions;
  readonly #gathered = new Map<number, Assignment[]>();
  readonly #appends: { readonly end: number; readonly cases: number; readonly failed: number }[] = [];
  #position = 0;
  #durable = 0;
  #wakeMs = Number.POSITIVE_INFINITY;

  constructor(options: WorldOptions) {
    const numbers = Array.from({ length: options.workers }, (_, i) => i);
    const { strategy = 'adaptive', ranges, chunk = 'auto' } = options;
    const scheduler =
      options.scheduler ?? createScheduler({ strategy, ranges, workers: numbers, chunk, mostCases: 1 << 24 });
    this.#options = options;
    const past = options.past ?? noPast;
    this.state = createState(scheduler, numbers, { ...defaultOptions, ...options }, new Map(), past);
    for (const worker of numbers) this.#start(worker);
    reactor.onBegin(this.state, this.comm, past);
  }

  get alive(): SimulatedWorker[] {
    return this.workers.filter(({ state }) => state === 'starting' || state === 'ready');
  }

  get backlog(): number {
    return this.#position - this.#durable;
  }

  /** Cases that are durable, counted from what was appended and not from what the coordinator believes. */
  get durableCases(): { cases: number; failed: number } {
    const passed = this.#appends.filter(({ end }) => end <= this.#durable);
    return {
      cases: passed.reduce((sum, { cases }) => sum + cases, 0),
      failed: passed.reduce((sum, { failed }) => sum + failed, 0),
    };
  }

  /** The worker has its kernel. */
  becomeReady(worker: SimulatedWorker): void {
    if (worker.state !== 'starting') return;
    worker.state = 'ready';
    this.#say(worker, { kind: 'ready', kernel: 'k' });
  }

  /** The worker reads one message. */
  read(worker: SimulatedWorker): void {
    const bytes = worker.inbox.shift();
    if (!bytes) return;
    const message = decodeMessage(bytes);
    if (message.kind === 'assign') {
      worker.ranges.push(...message.ranges.map((range) => ({ ...range })));
      checkRoom(this.#options, this.workers);
    }
    if (message.kind === 'grant') for (const grant of message.grants) worker.grants.set(grant.case, grant);
    if (message.kind === 'revoke') this.#release(worker);
    if (message.kind === 'renew') {
      if (worker.ranges.length > 0) throw new Error('a process is renewed that holds something');
      Object.assign(worker, { state: 'starting', memoryBytes: message.memoryBytes, isUsed: false });
    }
    if (message.kind === 'stop') {
      worker.ranges.length = 0;
      this.send(worker);
      this.#say(worker, { kind: 'bye' });
      worker.state = 'stopped';
    }
  }

  /** The worker computes up to `most` cases, or dies of one of them. */
  compute(worker: SimulatedWorker, most: number): void {
    const [range] = worker.ranges;
    if (!range || worker.state !== 'ready') return;
    const count = Math.min(most, range.count);
    const failures = this.#failuresOf(range.first, count, range.attempt);
    const block: Block = {
      ...{ first: range.first, count, attempt: range.attempt, worker: worker.worker },
      ...{ startedMs: 0, elapsedMs: this.#options.blockMs ?? 1, failures },
      columns: { value: Float64Array.from({ length: count }, (_, i) => resultOf(range.first + i)) },
    };
    for (let i = 0; i < count; i++) {
      if (!this.#options.deadly?.has(range.first + i)) continue;
      this.deaths.set(range.first + i, (this.deaths.get(range.first + i) ?? 0) + 1);
      this.kill(worker);
      return;
    }
    for (let i = range.first; i < range.first + count; i++) {
      const loss = shortageOf(this.#options, worker, i, worker.isUsed || i > range.first);
      if (!loss) continue;
      this.kill(worker, loss);
      return;
    }
    worker.isUsed = true;
    for (let i = range.first; i < range.first + count; i++) {
      this.#options.onCompute?.(i, worker.grants.get(i));
      this.attempts.set(i, [...(this.attempts.get(i) ?? []), range.attempt]);
    }
    worker.blocks.push(encodeBlock(specs, block));
    range.first += count;
    range.count -= count;
    if (range.count === 0) worker.ranges.shift();
  }

  /** All blocks that the worker has leave in one message. */
  send(worker: SimulatedWorker): void {
    if (worker.blocks.length === 0) return;
    const bytes = new Uint8Array(Buffer.concat(worker.blocks));
    worker.blocks = [];
    this.#say(worker, { kind: 'results', bytes });
  }

  /** What was sent arrives yet; what was not is lost. */
  kill(worker: SimulatedWorker, loss: Loss = { how: 'died' }): void {
    if (worker.state === 'dead' || worker.state === 'stopped') return;
    worker.state = 'dead';
    worker.outbox.push(loss);
  }

  /** The coordinator handles one message of this worker. */
  deliver(worker: SimulatedWorker): void {
    const bytes = worker.outbox.shift();
    if (bytes === undefined) return;
    if (!(bytes instanceof Uint8Array)) {
      const wasStopping = this.state.isStopping;
      reactor.onLost(this.state, this.comm, worker.worker, bytes);
      if (wasStopping || this.#options.hasSuccessors === false) return;
      reactor.onJoined(this.state, this.workers.length);
      this.#start(this.workers.length);
      return;
    }
    const message = decodeMessage(bytes);
    if (message.kind === 'ready') reactor.onReady(this.state, this.comm, worker.worker);
    if (message.kind === 'results') {
      reactor.onResults(this.state, this.comm, worker.worker, message.bytes);
      // The transport uses this memory again.
      message.bytes.fill(0xff);
    }
    if (message.kind === 'released') {
      reactor.onReleased(this.state, this.comm, worker.worker, message.ranges);
    }
    if (message.kind === 'bye') reactor.onBye(this.state, this.comm, worker.worker);
  }

  drained(): void {
    reactor.onDrained(this.state, this.comm);
  }

  /** The disk has caught up with this part of what waits for it. */
  sync(part: number): void {
    this.#durable += Math.ceil(part * this.backlog);
    reactor.onDurable(this.state, this.comm, this.#durable);
  }

  stop(): void {
    reactor.onStop(this.state, this.comm);
  }

  /** Time passes; the coordinator is woken if it asked to be by then. */
  advance(ms: number): void {
    this.nowMs += ms;
    if (this.#wakeMs > this.nowMs) return;
    this.#wakeMs = Number.POSITIVE_INFINITY;
    reactor.onTime(this.state, this.comm);
  }

  /** Everything goes its way until nothing moves any more, and the coordinator waits for no moment. */
  settle(): void {
    this.#rush();
    while (this.#wakeMs < Number.POSITIVE_INFINITY) {
      this.advance(Math.max(0, this.#wakeMs - this.nowMs));
      this.#rush();
    }
  }

  #rush(): void {
    for (let before = ''; before !== this.#picture(); ) {
      before = this.#picture();
      for (const worker of [...this.workers]) {
        this.becomeReady(worker);
        while (worker.inbox.length > 0 && worker.state === 'ready') this.read(worker);
        this.compute(worker, 7);
        if (worker.state === 'ready') this.send(worker);
        while (worker.outbox.length > 0) this.deliver(worker);
      }
      this.drained();
      this.sync(1);
    }
  }

  /** What nobody has taken notice of, in words; empty at the end of every run. */
  leftovers(): string[] {
    const left = [...this.#gathered].map(([worker]) => `assignments for ${worker} were never flushed`);
    for (const { worker, state, inbox, outbox, ranges, blocks } of this.workers) {
      if (outbox.length > 0) left.push(`${outbox.length} messages of ${worker} wait`);
      if (state === 'dead' || state === 'stopped') continue;
      if (inbox.length > 0) left.push(`${inbox.length} messages for ${worker} wait`);
      if (ranges.length > 0) left.push(`${worker} holds work`);
      if (blocks.length > 0) left.push(`${worker} keeps results`);
    }
    return left;
  }

  readonly comm: Comm = {
    grant: (worker, grant) => this.#tell(worker, { kind: 'grant', grants: [grant] }),
    assign: (worker, first, count, attempt, isAlone) => {
      if (this.state.isStopping) this.assignedAfterStop++;
      const ranges = this.#gathered.get(worker) ?? [];
      ranges.push({ first, count, attempt, ...(isAlone && { isAlone: true as const }) });
      this.#gathered.set(worker, ranges);
    },
    flush: (worker) => {
      const ranges = this.#gathered.get(worker);
      if (!ranges) throw new Error(`nothing to flush for ${worker}`);
      this.#gathered.delete(worker);
      this.#tell(worker, { kind: 'assign', ranges });
    },
    share: () => {
      throw new Error('there is no node coordinator');
    },
    renew: (worker, memoryBytes) => this.#tell(worker, { kind: 'renew', memoryBytes }),
    revoke: (worker) => {
      this.revokes++;
      this.#tell(worker, { kind: 'revoke' });
    },
    stopWorker: (worker) => {
      this.stopped.push(worker);
      this.#tell(worker, { kind: 'stop' });
    },
    persist: (blocks) => this.#persist(blocks, []),
    persistRetries: (blocks, again) => this.#persist(blocks, again),
    persistFailure: (first, attempt, { type, message }, next) => {
      if (next === 'tried again') return this.#append(64, 0, 0);
      this.#addRow(first, { worker: -1, attempt, value: Number.NaN, failure: `${type}: ${message}` });
      return this.#append(64, 1, 1);
    },
    persistCrash: (index, deaths) => {
      this.crashes.set(index, deaths);
    },
    hasten: () => {
      this.isHastened = true;
    },
    backlogBytes: () => this.backlog,
    nowMs: () => this.nowMs,
    wakeAt: (atMs) => {
      this.#wakeMs = Math.min(this.#wakeMs, atMs);
    },
  };

  #persist(blocks: Uint8Array, again: readonly number[]): number {
    const copy = blocks.slice();
    const view = new DataView(copy.buffer);
    let cases = 0;
    let failed = 0;
    for (let at = 0; at < copy.byteLength; at += 40 + readBlockHeader(view, at).bodyBytes) {
      const { first, count, worker, attempt, columns, failures } = decodeBlock(specs, copy, at);
      for (let i = 0; i < count; i++) {
        if (again.includes(first + i)) continue;
        const value = (columns.value as Float64Array)[i] as number;
        const failure = failures.find(({ offset }) => offset === i)?.type;
        this.#addRow(first + i, { worker, attempt, value, failure });
        cases++;
        if (failure !== undefined) failed++;
      }
    }
    return this.#append(copy.byteLength, cases, failed);
  }

  #failuresOf(first: number, count: number, attempt: number): Failure[] {
    const failures: Failure[] = [];
    for (let offset = 0; offset < count; offset++) {
      const status = this.#options.failing?.(first + offset, attempt);
      if (status) failures.push({ offset, status, type: status, message: `attempt ${attempt}` });
    }
    return failures;
  }

  #start(worker: number): void {
    this.#options.onStart?.(worker);
    this.workers.push(newSimulatedWorker(worker, this.#options.memory?.limitBytes));
    reactor.onPlaced(this.state, worker, homeOf(this.#options));
  }

  #release(worker: SimulatedWorker): void {
    const ranges = takeHalf(worker);
    this.releasedCases += ranges.reduce((sum, { count }) => sum + count, 0);
    this.#say(worker, { kind: 'released', ranges });
  }

  #say(worker: SimulatedWorker, message: Message): void {
    worker.outbox.push(encodeMessage(message));
  }

  #tell(worker: number, message: Message): void {
    this.workers[worker]!.inbox.push(encodeMessage(message));
  }

  #append(bytes: number, cases: number, failed: number): number {
    this.#position += bytes;
    this.#appends.push({ end: this.#position, cases, failed });
    return this.#position;
  }

  #addRow(index: number, row: Row): void {
    const rows = this.rows.get(index) ?? [];
    rows.push(row);
    this.rows.set(index, rows);
  }

  #picture(): string {
    return `${this.rows.size} ${this.backlog} ${this.workers.map(inWords).join('; ')}`;
  }
}
