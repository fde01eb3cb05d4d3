/** Who takes part in a run: the hellos that it waits for before it begins, workers that come later, whoever is refused. */
import type { Comm } from '../coordinator/comm.js';
import * as reactor from '../coordinator/reactor.js';
import type { CoordinatorState } from '../coordinator/state.js';
import { refuseUnplaceable } from '../coordinator/task-events.js';
import * as teamEvents from '../coordinator/team-events.js';
import { EnvironmentError } from '../errors/environment-error.js';
import type { Hello, Member } from '../messages/message.js';
import { encodeMessage } from '../messages/wire.js';
import { type Identity, reasonToRefuse } from './handshake.js';
import { HostHoldings, homeOf } from './host-holdings.js';
import type { CoordinatorLinks } from './links/transport.js';

export interface RollCallRequest {
  readonly links: CoordinatorLinks;
  readonly identity: Identity;
  /** All workers are there and the study is on its way to them. */
  onStarted?(): void;
  /** A worker said hello. */
  onJoined?(worker: number, host: string, pid: number): void;
  onNotice(message: string): void;
}

export class RollCall {
  readonly hosts = new Map<number, string>();
  readonly #request: RollCallRequest;
  readonly #state: CoordinatorState;
  readonly #comm: Comm;
  readonly #welcome: Uint8Array;
  readonly #fail: (error: Error) => void;
  readonly #holdings = new HostHoldings();
  /** Workers that have not said hello; nothing is sent to any before all have. */
  readonly #awaited: Set<number>;
  readonly #guests = new Set<number>();
  #hasBegun = false;

  constructor(
    request: RollCallRequest,
    state: CoordinatorState,
    comm: Comm,
    welcome: Uint8Array,
    fail: (error: Error) => void,
  ) {
    this.#request = request;
    this.#state = state;
    this.#comm = comm;
    this.#welcome = welcome;
    this.#fail = fail;
    this.#awaited = new Set(request.links.workers);
  }

  /** Nobody is waited for. */
  get isComplete(): boolean {
    return this.#awaited.size === 0;
  }

  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** Nothing waits for a guest, and a guest that cannot follow ends nothing. */
  onGuest(worker: number): void {
    this.#guests.add(worker);
    reactor.onJoined(this.#state, worker);
    if (this.#state.isStopping) reactor.onBye(this.#state, this.#comm, worker);
  }

  onHello(worker: number, hello: Hello): void {
    const { identity, links } = this.#request;
    const { members } = hello;
    const speakers: readonly Member[] = [{ ...hello, worker }, ...(members ?? [])];
    const isLate = this.#guests.has(worker) && this.#state.isStopping;
    const mismatch = speakers.map((own) => reasonToRefuse(identity, own.worker, own)).find((own) => own);
    const reason = isLate ? 'the run is at its end' : mismatch;
    // A node coordinator has the number of the first worker behind it.
    for (const member of members ?? speakers) this.note(member);
    if (members) {
      const numbers = members.map((member) => member.worker);
      teamEvents.onMembers(this.#state, worker, numbers);
    }
    if (reason !== undefined) {
      if (this.#guests.has(worker)) this.#refuseGuest(worker, reason);
      else if (this.#hasBegun) links.send(worker, encodeMessage({ kind: 'refuse', reason }));
      else this.#refuseAll(reason).catch((error) => this.#fail(error));
    } else if (!this.#awaited.delete(worker)) {
      links.send(worker, this.#welcome);
    } else if (this.isComplete) {
      this.#begin();
    }
  }

  /** Where a worker is, and what it sees of its host. */
  note({ worker, host, pid, holdings }: Member): void {
    this.hosts.set(worker, host);
    const { owned, names } = this.#holdings.add({ host, ...(holdings && { holdings }) });
    this.#state.tasks?.place(worker, host, owned, names);
    // A guest is its own master.
    if (!this.#guests.has(worker)) reactor.onPlaced(this.#state, worker, homeOf(host, holdings));
    this.#request.onJoined?.(worker, host, pid);
  }

  /** A worker cannot make the kernel. `through`: who said so, the worker itself or its node coordinator. */
  onUnable(through: number, worker: number, reason: string): void {
    if (this.#guests.has(worker)) {
      this.#refuseGuest(worker, reason);
      return;
    }
    this.#request.links.send(through, encodeMessage({ kind: 'refuse', reason }));
    this.#fail(new EnvironmentError(`worker ${worker} on ${this.hosts.get(worker)} is refused: ${reason}`));
  }

  /** A worker will say nothing any more; a successor may take its place. */
  onLost(worker: number, successor: number | undefined): void {
    this.#awaited.delete(worker);
    if (this.#hasBegun) return;
    // The broadcast reaches a successor as well, so it must not come before this one's hello.
    if (successor !== undefined) this.#awaited.add(successor);
    else if (this.isComplete) this.#begin();
  }

  #begin(): void {
    this.#hasBegun = true;
    refuseUnplaceable(this.#state, this.#comm);
    this.#request.onStarted?.();
    this.#request.links.broadcast(this.#welcome).catch((error) => this.#fail(error));
  }

  #refuseGuest(worker: number, reason: string): void {
    this.#request.links.send(worker, encodeMessage({ kind: 'refuse', reason }));
    if (this.#state.workers.get(worker)?.status === 'gone') return;
    reactor.onBye(this.#state, this.#comm, worker);
    this.#request.onNotice(`a worker that wanted to join is refused: ${reason}`);
  }

  async #refuseAll(reason: string): Promise<void> {
    await this.#request.links.broadcast(encodeMessage({ kind: 'refuse', reason }));
    reactor.onDismissed(this.#state);
    this.#fail(new EnvironmentError(reason));
  }
}
