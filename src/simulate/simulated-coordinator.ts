/** The coordinator in simulated time: the real reactor behind one queue of messages, served by one thread. */
import { blockHeaderBytes, readBlockHeader } from '../codec/block.js';
import type { Comm } from '../coordinator/comm.js';
import * as reactor from '../coordinator/reactor.js';
import type { CoordinatorState } from '../coordinator/state.js';
import { refuseUnplaceable } from '../coordinator/task-events.js';
import * as teamEvents from '../coordinator/team-events.js';
import type { NodeMessage, Released, SharedRange } from '../messages/message.js';
import { RangeSet } from '../schedule/ranges.js';
import { alarm } from './alarm.js';
import type { Constraints } from './constraints.js';
import type { EventQueue } from './event-queue.js';
import type { CoordinatorCosts } from './machine.js';
import type { Range } from './simulated-worker.js';
import { Thread } from './thread.js';

export type Arrival =
  | { readonly kind: 'ready'; readonly worker: number }
  | { readonly kind: 'results'; readonly worker: number; readonly blocks: Uint8Array }
  | { readonly kind: 'released'; readonly worker: number; readonly ranges: readonly Range[] }
  | { readonly kind: 'lost'; readonly worker: number }
  | { readonly kind: 'node'; readonly worker: number; readonly message: NodeMessage | Released }
  | { readonly kind: 'time' };

export interface CoordinatorWorld {
  readonly time: EventQueue;
  readonly costs: CoordinatorCosts;
  /** Ranges leave for a worker. */
  send(worker: number, ranges: readonly Range[], atMs: number): void;
  /** Ranges leave for a node coordinator. */
  share(worker: number, ranges: readonly SharedRange[], atMs: number): void;
  /** A worker is asked for what it has not begun. */
  revoke(worker: number, atMs: number): void;
  /** A worker is known to be lost: the number of its successor, where there is one. */
  replace(worker: number, atMs: number): number | undefined;
}

export class SimulatedCoordinator {
  /** Moment at which the last case was done; undefined before. */
  doneAtMs: number | undefined;
  messages = 0;
  blocks = 0;
  /** Cases that came back, and how often one came that had come before. */
  readonly computed = new RangeSet();
  doubled = 0;
  givenUp = 0;
  readonly #state: CoordinatorState;
  readonly #world: CoordinatorWorld;
  readonly #thread: Thread<Arrival>;
  #position = 0;
  readonly #gathered = new Map<number, Range[]>();
  readonly #shares = new Map<number, SharedRange[]>();
  readonly #wakeAt: (atMs: number) => void;

  constructor(state: CoordinatorState, world: CoordinatorWorld) {
    this.#state = state;
    this.#world = world;
    this.#wakeAt = alarm(world.time, () => this.arrive({ kind: 'time' }));
    this.#thread = new Thread(
      world.time,
      (arrival) => this.#handle(arrival),
      (isEmpty) => this.#drained(isEmpty),
    );
  }

  get busyMs(): number {
    return this.#thread.busyMs;
  }

  /** All hosts are known: what fits on none of them has failed. */
  begin(expected: Constraints['expected']): void {
    if (expected) {
      this.#state.tasks?.foresee({
        nowMs: () => this.#thread.clockMs,
        predictMs: (index) => expected.predictMs(index),
        scatter: () => expected.scatter,
      });
    }
    refuseUnplaceable(this.#state, this.#comm);
  }

  arrive(arrival: Arrival): void {
    this.#thread.arrive(arrival);
  }

  #drained(isEmpty: boolean): void {
    reactor.onDrained(this.#state, this.#comm);
    // The journal of a simulated run is as fast as it needs to be.
    reactor.onDurable(this.#state, this.#comm, this.#position);
    if (isEmpty && reactor.isAllDone(this.#state)) this.doneAtMs ??= this.#thread.clockMs;
  }

  #handle(arrival: Arrival): void {
    const { costs } = this.#world;
    if (arrival.kind !== 'time') {
      this.messages++;
      this.#thread.clockMs += costs.messageMs;
    }
    switch (arrival.kind) {
      case 'ready':
        reactor.onReady(this.#state, this.#comm, arrival.worker);
        break;
      case 'results':
        this.#thread.clockMs += (arrival.blocks.byteLength / blockHeaderBytes) * costs.blockMs;
        reactor.onResults(this.#state, this.#comm, arrival.worker, arrival.blocks);
        break;
      case 'released':
        reactor.onReleased(this.#state, this.#comm, arrival.worker, arrival.ranges);
        break;
      case 'lost': {
        reactor.onLost(this.#state, this.#comm, arrival.worker, { how: 'died' });
        const successor = this.#world.replace(arrival.worker, this.#thread.clockMs);
        if (successor !== undefined) reactor.onJoined(this.#state, successor);
        break;
      }
      case 'node':
        this.#handleNode(arrival.worker, arrival.message);
        break;
      case 'time':
        reactor.onTime(this.#state, this.#comm);
        break;
      default:
        arrival satisfies never;
    }
  }

  #handleNode(worker: number, message: NodeMessage | Released): void {
    switch (message.kind) {
      case 'bundle':
        this.#thread.clockMs += message.digest.blocks * this.#world.costs.blockMs;
        teamEvents.onBundle(this.#state, this.#comm, worker, message.blocks, message.digest);
        break;
      case 'team':
        teamEvents.onTeam(this.#state, this.#comm, worker, message.ready);
        break;
      case 'lost':
        teamEvents.onMemberLost(this.#state, worker, message.worker, message.successor);
        break;
      case 'given-up':
        teamEvents.onGivenUp(this.#state, this.#comm, worker, message);
        break;
      case 'released':
        reactor.onReleased(this.#state, this.#comm, worker, message.ranges, message.credit);
        break;
      case 'joined':
        break;
      default:
        message satisfies never;
    }
  }

  readonly #comm: Comm = {
    grant: () => {},
    assign: (worker, first, count, attempt) => {
      const ranges = this.#gathered.get(worker) ?? [];
      ranges.push({ first, count, attempt });
      this.#thread.clockMs += this.#world.costs.rangeMs;
      this.#gathered.set(worker, ranges);
    },
    flush: (worker) => {
      const shared = this.#shares.get(worker);
      if (shared) {
        this.#shares.delete(worker);
        this.#world.share(worker, shared, this.#thread.clockMs);
        return;
      }
      const ranges = this.#gathered.get(worker);
      if (!ranges) return;
      this.#gathered.delete(worker);
      this.#world.send(worker, ranges, this.#thread.clockMs);
    },
    share: (worker, first, count, attempt, piece, isAlone) => {
      const ranges = this.#shares.get(worker) ?? [];
      ranges.push({ first, count, attempt, piece, ...(isAlone && { isAlone }) });
      this.#thread.clockMs += this.#world.costs.rangeMs;
      this.#shares.set(worker, ranges);
    },
    renew: () => {
      throw new Error('no process is simulated that could run out of memory');
    },
    revoke: (worker) => {
      this.#thread.clockMs += this.#world.costs.messageMs;
      this.#world.revoke(worker, this.#thread.clockMs);
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
    nowMs: () => this.#thread.clockMs,
    wakeAt: (atMs) => this.#wakeAt(atMs),
  };
}
