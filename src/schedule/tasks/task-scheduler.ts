/** Hands out cases one by one, as soon as nothing is in their way: dependencies, levels, room on a host. */
import type { CaseGrant } from '../../messages/message.js';
import type { Strategy } from '../../study/study.js';
import type { Scheduler } from '../scheduler.js';
import type { Chunk } from '../work-queue.js';
import { type Blocked, expectedStart, type Outlook, takeBefore } from './backfill.js';
import { type Amounts, amountsOf, Host, type Names, type Occupied, resourcesOf } from './hosts.js';
import { startOrder } from './order.js';
import { ReadyQueues } from './ready-queues.js';
import type { TaskSet } from './task-set.js';
import { Waiting } from './waiting.js';

interface Place extends Occupied {
  readonly host: Host;
  readonly worker: number;
}

const noNames: Names = { cores: [], gpus: [] };

/** Where each case stands: done before this session began, or beyond its limit. */
const notHere = 0;
const waiting = 1;
const ready = 2;
/** At a worker. */
const running = 3;
/** Neither at a worker nor to be handed out: suspect, or waiting for its next attempt. */
const apart = 4;
const ended = 5;

export interface TaskRequest {
  readonly set: TaskSet;
  readonly strategy: Strategy;
  /** Cases to hand out. */
  readonly ranges: Iterable<Readonly<Chunk>>;
  /** Cases that somebody else sees to until they are given back. */
  readonly apart: Iterable<Readonly<Chunk>>;
  /** Cases that ended in an earlier session and did not complete. */
  readonly failed: Iterable<number>;
}

/**
 * The best case that may start goes to whoever asks first. Where it needs more than is free on the host, and no other
 * host has an idle worker and room for it, the host is reserved for it: nothing that occupies anything starts there
 * before it does, unless it is predicted to end before there is room (conservative backfill: Lifka 1995, Mu'alem and
 * Feitelson 2001), so that large cases get their turn however many small ones there are. What runs on a reserved host
 * ends, and then there is room; so some case always starts, or is computed.
 */
export class TaskScheduler implements Scheduler {
  /** What a worker holds is what it computes, or takes less time than asking for it. */
  readonly takesBack = 'nothing';
  /** Cases that were cancelled because of others and have not been taken note of. */
  readonly cancelled: number[] = [];
  readonly #set: TaskSet;
  readonly #states: Uint8Array;
  readonly #waiting: Waiting;
  /** What each kind of need occupies. */
  readonly #needs: readonly Amounts[];
  readonly #queues: ReadyQueues;
  readonly #hasCores: boolean;
  readonly #hasGpus: boolean;
  readonly #hosts = new Map<string, Host>();
  readonly #hostOf = new Map<number, Host>();
  /** Where each case runs that occupies something. */
  readonly #places = new Map<number, Place>();
  #outlook: Outlook | undefined;
  /** How often a case was added to those that may start. */
  #enqueued = 0;
  #remaining = 0;
  #ready = 0;

  constructor({ set, strategy, ranges, apart: others, failed }: TaskRequest) {
    this.#set = set;
    this.#needs = set.needs?.kinds.map(amountsOf) ?? [[0, 0, 0]];
    this.#hasCores = this.#needs.some(([cores]) => cores > 0);
    this.#hasGpus = this.#needs.some(([, , gpus]) => gpus > 0);
    this.#states = new Uint8Array(set.count);
    const isReady = (index: number): boolean => this.#states[index] === ready;
    this.#queues = new ReadyQueues(this.#needs, startOrder(set, strategy), isReady);
    for (const { first, count } of ranges) {
      this.#states.fill(waiting, first, first + count);
      this.#remaining += count;
    }
    for (const { first, count } of others) this.#states.fill(apart, first, first + count);
    const hasFailed = new Uint8Array(set.count);
    for (const index of failed) hasFailed[index] = 1;
    this.#waiting = new Waiting(set, {
      onReady: (index) => {
        if (this.#states[index] === waiting) this.#enqueue(index);
      },
      onCancelled: (index) => {
        this.#close(index);
        this.cancelled.push(index);
      },
    });
    this.#waiting.begin((index) => {
      if (this.#states[index] !== notHere) return undefined;
      return hasFailed[index] === 1 ? 'failed' : 'completed';
    });
  }

  get remaining(): number {
    return this.#remaining;
  }

  /** Cases that could start if there were workers and room. */
  get readyCount(): number {
    return this.#ready;
  }

  /** True when cases occupy resources: a worker then holds the one that it computes. */
  get isCounting(): boolean {
    return this.#set.needs !== undefined;
  }

  get hosts(): Iterable<Host> {
    return this.#hosts.values();
  }

  /** A worker lives on a host, of which it sees so much. */
  place(worker: number, name: string, owned: Amounts, names = noNames): void {
    const known = this.#hostOf.get(worker);
    if (known?.name === name) {
      // A fresh process of a worker that is there: what it has been promised stays where it is.
      known.show(owned, names);
      return;
    }
    this.release(worker);
    const host = this.#hosts.get(name) ?? new Host(name);
    this.#hosts.set(name, host);
    this.#hostOf.set(worker, host);
    host.workers.add(worker);
    host.show(owned, names);
  }

  /** From now on cases may pass others that they do not delay. */
  foresee(outlook: Outlook): void {
    this.#outlook = outlook;
  }

  next(worker: number, out: Chunk): boolean {
    const host = this.#hostOf.get(worker);
    const index = this.isCounting ? this.#chooseFor(host) : this.#queues.take(0);
    if (index === undefined) return false;
    this.#start(index, worker, host);
    out.first = index;
    out.count = 1;
    return true;
  }

  /** Somebody else hands out a case that is apart; false when there is no room for it on the worker's host. */
  admit(index: number, worker: number): boolean {
    const host = this.#hostOf.get(worker);
    if (this.isCounting && !host?.hasRoom(this.needOf(index))) return false;
    this.#start(index, worker, host);
    return true;
  }

  /** Whether the worker's host could hold the case if nothing else ran there. */
  couldHold(index: number, worker: number): boolean {
    return !this.isCounting || (this.#hostOf.get(worker)?.canHold(this.needOf(index)) ?? false);
  }

  /** Cases that are no longer at a worker, whatever becomes of them: they occupy nothing. */
  leave(first: number, count: number): void {
    for (let index = first; index < first + count; index++) {
      if (this.#states[index] !== running) continue;
      this.#states[index] = apart;
      const place = this.#places.get(index);
      if (!place) continue;
      place.host.vacate(index, this.needOf(index), place);
      place.host.busy.delete(place.worker);
      this.#places.delete(index);
    }
  }

  giveBack(first: number, count: number): void {
    this.leave(first, count);
    for (let index = first; index < first + count; index++) {
      if (this.#states[index] !== apart) continue;
      this.#remaining++;
      this.#enqueue(index);
    }
  }

  /** Cases came back from a worker; those that have not failed have completed. */
  complete(first: number, count: number): void {
    for (let index = first; index < first + count; index++) {
      if (this.#states[index] === running) this.end(index, true);
    }
  }

  /** A case has ended for good; one that was cancelled has already. */
  end(index: number, hasCompleted: boolean): void {
    if (this.#states[index] === ended) return;
    this.leave(index, 1);
    this.#close(index);
    this.#waiting.end(index, hasCompleted);
  }

  hasEnded(index: number): boolean {
    return this.#states[index] === ended;
  }

  observe(_count: number, _elapsedMs: number): void {
    // Cases are handed out one by one, however long they take.
  }

  /** The worker is gone, and with the last one its host; what was reserved there waits for another. */
  release(worker: number): void {
    const host = this.#hostOf.get(worker);
    if (!host) return;
    this.#hostOf.delete(worker);
    host.workers.delete(worker);
    host.busy.delete(worker);
    if (host.workers.size > 0) return;
    this.#hosts.delete(host.name);
    if (host.reservedFor !== undefined) this.#push(host.reservedFor);
  }

  /** Cases that no host could hold if nothing else ran there, in their order. */
  unplaceable(): number[] {
    const hosts = [...this.#hosts.values()];
    const isTooLarge = this.#needs.map((need) => !hosts.some((host) => host.canHold(need)));
    const cases: number[] = [];
    if (!isTooLarge.includes(true)) return cases;
    for (let index = 0; index < this.#states.length; index++) {
      const state = this.#states[index]!;
      if (state >= waiting && state <= apart && isTooLarge[this.#kindOf(index)]) cases.push(index);
    }
    return cases;
  }

  needOf(index: number): Amounts {
    return this.#needs[this.#kindOf(index)]!;
  }

  /** What a case that runs may use of its host; undefined where cases occupy neither cores nor GPUs. */
  grantOf(index: number): CaseGrant | undefined {
    const place = this.#places.get(index);
    if (!place || !(this.#hasCores || this.#hasGpus)) return undefined;
    const { cores } = resourcesOf(this.needOf(index));
    return {
      case: index,
      ...(cores > 0 && { cores, coreIds: place.cores.map(({ name }) => name) }),
      ...(this.#hasGpus && { gpus: place.gpus.map(({ name }) => name) }),
    };
  }

  nameOf(index: number): string {
    return this.#set.nameOf(index);
  }

  /** Of a cancelled case: the one because of which it was. */
  causeOf(index: number): number {
    return this.#waiting.causeOf(index);
  }

  /** The first of a chain of cases each of which is the cause of the one behind it. */
  rootCauseOf(index: number): number {
    return this.#waiting.rootCauseOf(index);
  }

  /** Cases that could start if there was room: those that a host is kept for, and all of kinds that fit nowhere now. */
  get heldUp(): number {
    if (!this.isCounting) return 0;
    let count = 0;
    for (const { reservedFor } of this.#hosts.values()) if (reservedFor !== undefined) count++;
    for (let kind = 0; kind < this.#needs.length; kind++) {
      const isHeldUp = this.#queues.first(kind) !== undefined && !this.#hasRoom(kind);
      if (isHeldUp) count += this.#queues.lengthOf(kind);
    }
    // Some in a queue may have ended otherwise.
    return Math.min(count, this.#ready);
  }

  /** Cases that could start if there was room for what they need, the first `most` of them in some order. */
  blocked(most: number): Blocked[] {
    if (!this.isCounting) return [];
    const reserved = [...this.#hosts.values()].flatMap((host): Blocked[] => {
      const { name, reservedFor: index } = host;
      if (index === undefined) return [];
      const startsMs = this.#outlook && expectedStart(host, this.needOf(index), this.#outlook);
      return [{ index, host: name, ...(startsMs !== undefined && { startsMs }) }];
    });
    const others = this.#needs.flatMap((_, kind): Blocked[] => {
      const index = this.#queues.first(kind);
      return index === undefined || this.#hasRoom(kind) ? [] : [{ index, host: undefined }];
    });
    return [...reserved, ...others].slice(0, most);
  }

  #hasRoom(kind: number): boolean {
    for (const host of this.#hosts.values()) if (host.hasRoom(this.#needs[kind]!)) return true;
    return false;
  }

  /** Undefined when nothing may start on this host now. */
  #chooseFor(host: Host | undefined): number | undefined {
    if (!host) return undefined;
    if (host.reservedFor !== undefined) {
      const index = host.reservedFor;
      if (this.#states[index] === ready && !host.hasRoom(this.needOf(index))) {
        return this.#queues.takeNeedless() ?? this.#takeBefore(host);
      }
      host.keepFor(undefined);
      if (this.#states[index] === ready) return index;
    }
    const kind = this.#queues.bestKind(host);
    if (kind === undefined) return undefined;
    const need = this.#needs[kind]!;
    if (host.hasRoom(need)) return this.#queues.take(kind);
    for (const other of this.#hosts.values()) {
      const isIdle = other.busy.size < other.workers.size && other.reservedFor === undefined;
      if (isIdle && other.hasRoom(need)) return undefined;
    }
    host.keepFor(this.#queues.take(kind));
    return this.#takeBefore(host);
  }

  #takeBefore(host: Host): number | undefined {
    const index = host.reservedFor;
    if (!this.#outlook || index === undefined) return undefined;
    // Time passes, and what did not end in time does so less and less, unless there is more room or another case.
    if (host.inVainAt === this.#enqueued) return undefined;
    const found = takeBefore(host, this.needOf(index), this.#outlook, this.#queues);
    if (found === undefined && host.reservedMs !== undefined) host.inVainAt = this.#enqueued;
    return found;
  }

  #start(index: number, worker: number, host: Host | undefined): void {
    const state = this.#states[index];
    if (state === ready) {
      this.#remaining--;
      this.#ready--;
    }
    this.#states[index] = running;
    if (!this.isCounting || !host) return;
    host.busy.add(worker);
    const startedMs = this.#outlook?.nowMs() ?? 0;
    this.#places.set(index, { host, worker, ...host.occupy(index, this.needOf(index), startedMs) });
  }

  #enqueue(index: number): void {
    this.#states[index] = ready;
    this.#ready++;
    this.#enqueued++;
    this.#push(index);
  }

  #push(index: number): void {
    this.#queues.push(this.#kindOf(index), index);
  }

  /** It is no longer to be handed out. */
  #close(index: number): void {
    const state = this.#states[index];
    if (state === waiting || state === ready) this.#remaining--;
    if (state === ready) this.#ready--;
    this.#states[index] = ended;
  }

  #kindOf(index: number): number {
    return this.#set.needs?.kindOf[index] ?? 0;
  }
}
