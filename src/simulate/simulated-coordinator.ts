/** The coordinator in simulated time: the real reactor behind one queue of messages, served by one thread. */
import { blockHeaderBytes, readBlockHeader } from '../codec/block.js';
import type { Comm } from '../coordinator/comm.js';
import * as reactor from '../coordinator/reactor.js';
import type { CoordinatorState } from '../coordinator/state.js';
import { RangeSet } from '../schedule/ranges.js';
import type { EventQueue } from './event-queue.js';
import type { CoordinatorCosts } from './machine.js';
import type { Range } from './simulated-worker.js';

export type Arrival =
  | { readonly kind: 'ready'; readonly worker: number }
  | { readonly kind: 'results'; readonly worker: number; readonly blocks: Uint8Array }
  | { readonly kind: 'released'; readonly worker: number; readonly ranges: readonly Range[] }
  | { readonly kind: 'lost'; readonly worker: number }
  | { readonly kind: 'time' };

export interface CoordinatorWorld {
  readonly time: EventQueue;
  readonly costs: CoordinatorCosts;
  /** Ranges leave for a worker. */
  send(worker: number, ranges: readonly Range[], atMs: number): void;
  /** A worker is asked for what it has not begun. */
  revoke(worker: number, atMs: number): void;
  /** A worker is known to be lost: the number of its successor, where there is one. */
  replace(worker: number, atMs: number): number | undefined;
}

/** As of the transports: messages read before workers are answered. */
const drainLimit = 64;

export class SimulatedCoordinator {
  /** Moment at which the last case was done; undefined before. */
  doneAtMs: number | undefined;
  busyMs = 0;
  messages = 0;
  blocks = 0;
  /** Cases that came back, and how often one came that had come before. */
  readonly computed = new RangeSet();
  doubled = 0;
  givenUp = 0;
  readonly #state: CoordinatorState;
  readonly #world: CoordinatorWorld;
  readonly #waiting: Arrival[] = [];
  #head = 0;
  #isTurnPlanned = false;
  /** The thread's own clock, ahead of the world's while it works. */
  #clockMs = 0;
  #position = 0;
  /** Moment that the reactor asked to be woken at. */
  #wakeMs = Number.POSITIVE_INFINITY;
  readonly #gathered = new Map<number, Range[]>();

  constructor(state: CoordinatorState, world: CoordinatorWorld) {
    this.#state = state;
    this.#world = world;
  }

  arrive(arrival: Arrival): void {
    this.#waiting.push(arrival);
    this.#planTurn();
  }

  #planTurn(): void {
    if (this.#isTurnPlanned) return;
    this.#isTurnPlanned = true;
    this.#world.time.at(this.#clockMs, () => {
      this.#isTurnPlanned = false;
      this.#turn();
    });
  }

  #turn(): void {
    this.#clockMs = this.#world.time.nowMs;
    const startedMs = this.#clockMs;
    const end = Math.min(this.#waiting.length, this.#head + drainLimit);
    while (this.#head < end) this.#handle(this.#waiting[this.#head++]!);
    reactor.onDrained(this.#state, this.#comm);
    // The journal of a simulated run is as fast as it needs to be.
    reactor.onDurable(this.#state, this.#comm, this.#position);
    this.busyMs += this.#clockMs - startedMs;
    if (this.#head === this.#waiting.length) {
      this.#waiting.length = 0;
      this.#head = 0;
      if (reactor.isAllDone(this.#state)) this.doneAtMs ??= this.#clockMs;
    } else {
      this.#planTurn();
    }
  }

  #handle(arrival: Arrival): void {
    const { costs } = this.#world;
    if (arrival.kind !== 'time') {
      this.messages++;
      this.#clockMs += costs.messageMs;
    }
    switch (arrival.kind) {
      case 'ready':
        reactor.onReady(this.#state, this.#comm, arrival.worker);
        break;
      case 'results':
        this.#clockMs += (arrival.blocks.byteLength / blockHeaderBytes) * costs.blockMs;
        reactor.onResults(this.#state, this.#comm, arrival.worker, arrival.blocks);
        break;
      case 'released':
        reactor.onReleased(this.#state, this.#comm, arrival.worker, arrival.ranges);
        break;
      case 'lost': {
        reactor.onLost(this.#state, this.#comm, arrival.worker, { how: 'died' });
        const successor = this.#world.replace(arrival.worker, this.#clockMs);
        if (successor !== undefined) reactor.onJoined(this.#state, successor);
        break;
      }
      case 'time':
        reactor.onTime(this.#state, this.#comm);
        break;
      default:
        arrival satisfies never;
    }
  }

  readonly #comm: Comm = {
    assign: (worker, first, count, attempt) => {
      const ranges = this.#gathered.get(worker) ?? [];
      ranges.push({ first, count, attempt });
      this.#clockMs += this.#world.costs.rangeMs;
      this.#gathered.set(worker, ranges);
    },
    flush: (worker) => {
      const ranges = this.#gathered.get(worker);
      if (!ranges) return;
      this.#gathered.delete(worker);
      this.#world.send(worker, ranges, this.#clockMs);
    },
    share: () => {
      throw new Error('there is no node coordinator');
    },
    revoke: (worker) => {
      this.#clockMs += this.#world.costs.messageMs;
      this.#world.revoke(worker, this.#clockMs);
    },
    stopWorker: () => {},
    persist: (blocks) => {
      const view = new DataView(blocks.buffer, blocks.byteOffset, blocks.byteLength);
      for (let at = 0; at < blocks.byteLength; ) {
        const count = view.getUint32(at + 24, true);
        this.doubled += count - this.computed.add(view.getFloat64(at, true), count);
        this.blocks++;
        at += blockHeaderBytes + view.getUint32(at + 28, true);
      }
      this.#position += blocks.byteLength;
      return this.#position;
    },
    persistRetries: (blocks, again) => {
      const passed = new Set(again);
      const view = new DataView(blocks.buffer, blocks.byteOffset, blocks.byteLength);
      for (let at = 0; at < blocks.byteLength; ) {
        const { first, count, bodyBytes } = readBlockHeader(view, at);
        for (let i = first; i < first + count; i++) {
          if (!passed.has(i)) this.doubled += 1 - this.computed.add(i, 1);
        }
        this.blocks++;
        at += blockHeaderBytes + bodyBytes;
      }
      this.#position += blocks.byteLength;
      return this.#position;
    },
    persistFailure: (first, _attempt, _failure, next) => {
      if (next === 'tried again') return this.#position;
      this.doubled += 1 - this.computed.add(first, 1);
      this.givenUp++;
      this.#position += blockHeaderBytes;
      return this.#position;
    },
    persistCrash: () => {},
    hasten: () => {},
    backlogBytes: () => 0,
    nowMs: () => this.#clockMs,
    wakeAt: (atMs) => {
      if (atMs >= this.#wakeMs) return;
      this.#wakeMs = atMs;
      this.#world.time.at(atMs, () => {
        // An earlier request came behind this one, and was answered in its place.
        if (this.#wakeMs !== atMs) return;
        this.#wakeMs = Number.POSITIVE_INFINITY;
        this.arrive({ kind: 'time' });
      });
    },
  };
}
