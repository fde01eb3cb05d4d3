/** Binds the coordinator's reactor to a transport and a journal, from the first hello to the last bye. */
import type { Comm } from '../coordinator/comm.js';
import { timeIsOver } from '../coordinator/deadline.js';
import * as reactor from '../coordinator/reactor.js';
import { type CoordinatorState, createState, defaultOptions, type Past } from '../coordinator/state.js';
import { refuseUnplaceable, strandedCases } from '../coordinator/task-events.js';
import * as teamEvents from '../coordinator/team-events.js';
import { EnvironmentError } from '../errors/environment-error.js';
import type { Loss } from '../messages/loss.js';
import type { Hello, Lost, Member, NodeMessage, Welcome, WorkerMessage } from '../messages/message.js';
import { blocksOf, decodeMessage, encodeMessage } from '../messages/wire.js';
import type { CostLedger } from '../schedule/cost-ledger.js';
import type { CostModel } from '../schedule/costs.js';
import type { TaskSet } from '../schedule/tasks/task-set.js';
import type { Chunk } from '../schedule/work-queue.js';
import type { KernelForm } from '../study/solver.js';
import type { Strategy, Study } from '../study/study.js';
import { type Identity, reasonToRefuse } from './handshake.js';
import { HostHoldings } from './host-holdings.js';
import { carefulSend } from './links/careful-send.js';
import { type CommRequest, createComm } from './links/coordinator-comm.js';
import type { CoordinatorLinks } from './links/transport.js';
import { WakeTimer } from './links/wake-timer.js';
import { schedulerOf } from './run-scheduler.js';
import { deadlineOf, type TimeLimit } from './time-limit.js';

export interface CoordinateRequest extends CommRequest {
  readonly links: CoordinatorLinks;
  readonly identity: Identity;
  readonly study: Study;
  readonly shared: unknown;
  readonly form: KernelForm;
  readonly kernelIdentity: string;
  /** Cases to compute. */
  readonly ranges: readonly Readonly<Chunk>[];
  readonly strategy: Strategy;
  readonly chunk: number | 'auto';
  /** What is known of costs, for the scheduler. */
  readonly costs?: CostModel | undefined;
  readonly ledger?: CostLedger;
  /** What earlier sessions found out about these cases. */
  readonly past: Past;
  /** Where cases depend on one another or occupy resources: how, and which failed in earlier sessions. */
  readonly tasks?: { readonly set: TaskSet; readonly failed: Iterable<number> };
  /** Most ranges at a worker. */
  readonly depth?: number;
  /** When this session has to be over, by `performance.now`; what the end itself may take is kept free before it. */
  readonly timeLimit?: TimeLimit | undefined;
  readonly stop: AbortSignal;
  /** All workers are there and the study is on its way to them. */
  onStarted?(): void;
  /** A worker said hello. */
  onJoined?(worker: number, host: string, pid: number): void;
  /** A worker has its kernel. */
  onReady?(worker: number): void;
  /** A worker ended without a word. */
  onLost?(worker: number, how: string): void;
  onVitals?(worker: number, memoryBytes: number): void;
  onNotice(message: string): void;
  onWorkerLog(worker: number, text: string): void;
}

export type RunEnd = 'completed' | 'interrupted';

export interface Coordination {
  /** For looking at, not for changing. */
  readonly state: CoordinatorState;
  readonly hosts: ReadonlyMap<number, string>;
  /** Why the run was interrupted, where not by the user. */
  readonly reason: string | undefined;
  /** Settles when all is computed and durable, or stopped and durable. Rejects when the run cannot go on. */
  readonly finished: Promise<RunEnd>;
}

/** After a session that broke off, what was in flight in it comes up in this time, whether that is known or not. */
const carefulMs = 5_000;

/** Time that workers have to end what they compute when the user stops the run. */
const stopGraceMs = 5_000;

export function coordinate(request: CoordinateRequest): Coordination {
  return new Coordinator(request);
}

class Coordinator implements Coordination {
  readonly state: CoordinatorState;
  readonly hosts = new Map<number, string>();
  reason: string | undefined;
  readonly finished: Promise<RunEnd>;
  readonly #holdings = new HostHoldings();
  readonly #request: CoordinateRequest;
  readonly #timer = new WakeTimer(() => this.#guard(() => reactor.onTime(this.state, this.#comm)));
  readonly #comm: Comm;
  #firstSentMs: number | undefined;
  readonly #welcome: Uint8Array;
  /** Workers that have not said hello; nothing is sent to any before all have. */
  readonly #awaited: Set<number>;
  readonly #guests = new Set<number>();
  #hasBegun = false;
  #isEnding = false;
  #isSettled = false;
  #settle: { resolve(end: RunEnd): void; reject(error: Error): void };
  #graceTimer: NodeJS.Timeout | undefined;

  constructor(request: CoordinateRequest) {
    const { links, log, stop, past } = request;
    const { execution } = request.study;
    this.#request = request;
    const sender = links.isFragile ? carefulSend(links, log, () => this.#isCareful()) : links;
    this.#comm = createComm({ ...request, links: sender }, this.#timer);
    this.#awaited = new Set(links.workers);
    const options = {
      ...defaultOptions,
      retries: execution.retries,
      backoff: execution.backoff,
      crashLimit: execution.crashLimit,
      isFragile: links.isFragile,
      ...(request.timeLimit && { deadlineMs: deadlineOf(request.timeLimit) }),
      depthLimit: request.depth ?? defaultOptions.depthLimit,
      ...(request.ledger && { ledger: request.ledger }),
    };
    this.state = createState(schedulerOf(request), links.workers, options, links.teams, past);
    const { crashLimit, depthLimit } = options;
    const { takesBack } = this.state.scheduler;
    const rules = links.teams && { crashLimit, depthLimit, takesBack };
    this.#welcome = encodeMessage({ ...welcomeOf(request), ...(rules && { rules }) });
    this.#settle = { resolve: () => {}, reject: () => {} };
    this.finished = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    reactor.onBegin(this.state, this.#comm, past);
    links.start({
      onMessage: (worker, bytes) => this.#guard(() => this.#onMessage(worker, bytes)),
      onGuest: (worker) => this.#guard(() => this.#onGuest(worker)),
      onDrained: () => this.#guard(() => reactor.onDrained(this.state, this.#comm)),
      onLost: (worker, loss) => this.#guard(() => this.#onLost(worker, loss)),
      onError: (error) => this.#fail(error),
    });
    log.onDurable((position) => this.#guard(() => reactor.onDurable(this.state, this.#comm, position)));
    log.onError((error) => this.#fail(error));
    const onStop = (): void => this.#guard(() => this.#onStop());
    if (stop.aborted) onStop();
    else stop.addEventListener('abort', onStop, { once: true });
  }

  /** What ended the last session may be handed out now, or is being tried. */
  #isCareful(): boolean {
    const { state } = this;
    if (state.alone > 0 || state.suspects.length > 0) return true;
    this.#firstSentMs ??= performance.now();
    return this.#request.past.isBrokenOff && performance.now() - this.#firstSentMs < carefulMs;
  }

  #onMessage(worker: number, bytes: Uint8Array): void {
    // Results are most of what comes, and need no message object.
    const blocks = blocksOf(bytes);
    if (blocks) {
      reactor.onResults(this.state, this.#comm, worker, blocks);
      return;
    }
    const message = decodeMessage(bytes) as WorkerMessage | NodeMessage;
    switch (message.kind) {
      case 'results':
        break;
      case 'hello':
        this.#onHello(worker, message);
        break;
      case 'ready':
        this.#request.onReady?.(worker);
        reactor.onReady(this.state, this.#comm, worker);
        break;
      case 'unable':
        this.#onUnable(worker, message.worker ?? worker, message.reason);
        break;
      case 'log':
        this.#request.onWorkerLog(message.worker ?? worker, message.text);
        break;
      case 'vitals':
        this.#request.onVitals?.(message.worker ?? worker, message.memoryBytes);
        break;
      case 'released':
        reactor.onReleased(this.state, this.#comm, worker, message.ranges, message.credit);
        break;
      case 'bundle':
        teamEvents.onBundle(this.state, this.#comm, worker, message.blocks, message.digest);
        break;
      case 'team':
        teamEvents.onTeam(this.state, this.#comm, worker, message.ready);
        break;
      case 'joined':
        this.#note(message.member);
        break;
      case 'lost':
        this.#onMemberLost(worker, message);
        break;
      case 'given-up':
        teamEvents.onGivenUp(this.state, this.#comm, worker, message);
        break;
      case 'bye':
        this.#onBye(worker);
        break;
      default:
        message satisfies never;
    }
  }

  #onBye(worker: number): void {
    const { state } = this;
    const isLeaving = !state.isStopping;
    reactor.onBye(state, this.#comm, worker);
    if (!isLeaving) return;
    this.#request.onNotice(`worker ${worker} left; what it had not begun is computed by others`);
    if (reactor.isDeserted(state) && !reactor.isAllDone(state)) {
      this.#fail(new EnvironmentError('no worker is left: the last one was asked to leave'));
    }
  }

  /** Nothing waits for a guest, and a guest that cannot follow ends nothing. */
  #onGuest(worker: number): void {
    this.#guests.add(worker);
    reactor.onJoined(this.state, worker);
    if (this.state.isStopping) reactor.onBye(this.state, this.#comm, worker);
  }

  #refuseGuest(worker: number, reason: string): void {
    this.#request.links.send(worker, encodeMessage({ kind: 'refuse', reason }));
    if (this.state.workers.get(worker)?.status === 'gone') return;
    reactor.onBye(this.state, this.#comm, worker);
    this.#request.onNotice(`a worker that wanted to join is refused: ${reason}`);
  }

  #onHello(worker: number, hello: Hello): void {
    const { identity, links } = this.#request;
    const { members } = hello;
    const speakers: readonly Member[] = [{ ...hello, worker }, ...(members ?? [])];
    const isLate = this.#guests.has(worker) && this.state.isStopping;
    const mismatch = speakers.map((own) => reasonToRefuse(identity, own.worker, own)).find((own) => own);
    const reason = isLate ? 'the run is at its end' : mismatch;
    // A node coordinator has the number of the first worker behind it.
    for (const member of members ?? speakers) this.#note(member);
    if (members) {
      const numbers = members.map((member) => member.worker);
      teamEvents.onMembers(this.state, worker, numbers);
    }
    if (reason !== undefined) {
      if (this.#guests.has(worker)) this.#refuseGuest(worker, reason);
      else if (this.#hasBegun) links.send(worker, encodeMessage({ kind: 'refuse', reason }));
      else this.#refuseAll(reason).catch((error) => this.#fail(error));
    } else if (!this.#awaited.delete(worker)) {
      links.send(worker, this.#welcome);
    } else if (this.#awaited.size === 0) {
      this.#begin();
    }
  }

  #note({ worker, host, pid, holdings }: Member): void {
    this.hosts.set(worker, host);
    const { owned, names } = this.#holdings.add({ host, ...(holdings && { holdings }) });
    this.state.tasks?.place(worker, host, owned, names);
    this.#request.onJoined?.(worker, host, pid);
  }

  #begin(): void {
    this.#hasBegun = true;
    refuseUnplaceable(this.state, this.#comm);
    this.#request.onStarted?.();
    this.#request.links.broadcast(this.#welcome).catch((error) => this.#fail(error));
  }

  async #refuseAll(reason: string): Promise<void> {
    await this.#request.links.broadcast(encodeMessage({ kind: 'refuse', reason }));
    reactor.onDismissed(this.state);
    this.#fail(new EnvironmentError(reason));
  }

  /** `through`: who said so, the worker itself or its node coordinator. */
  #onUnable(through: number, worker: number, reason: string): void {
    if (this.#guests.has(worker)) {
      this.#refuseGuest(worker, reason);
      return;
    }
    this.#request.links.send(through, encodeMessage({ kind: 'refuse', reason }));
    this.#fail(new EnvironmentError(`worker ${worker} on ${this.hosts.get(worker)} is refused: ${reason}`));
  }

  #onMemberLost(through: number, { worker, how, successor }: Lost): void {
    const { onLost, onNotice } = this.#request;
    onLost?.(worker, how);
    teamEvents.onMemberLost(this.state, through, worker, successor);
    if (this.state.isStopping) return;
    onNotice(`worker ${worker} ${how}; its cases are computed by others`);
    if (reactor.isDeserted(this.state)) {
      this.#fail(new EnvironmentError(`no worker is left: worker ${worker} ${how}`));
    }
  }

  #onLost(worker: number, loss: Loss): void {
    const { state } = this;
    const { links, onLost, onNotice } = this.#request;
    if (state.workers.get(worker)?.status === 'gone') return;
    onLost?.(worker, loss.how);
    reactor.onLost(state, this.#comm, worker, loss);
    if (state.isStopping) return;
    onNotice(`worker ${worker} ${loss.how}; its cases are computed by others`);
    this.#awaited.delete(worker);
    const successor = links.replace(worker);
    if (successor !== undefined) {
      reactor.onJoined(state, successor);
      // The broadcast reaches it as well, so it must not come before this one's hello.
      if (!this.#hasBegun) this.#awaited.add(successor);
    } else if (reactor.isDeserted(state)) {
      this.#fail(new EnvironmentError(`no worker is left: worker ${worker} ${loss.how}`));
    } else if (!this.#hasBegun && this.#awaited.size === 0) {
      this.#begin();
    }
  }

  #onStop(graceMs = stopGraceMs): void {
    reactor.onStop(this.state, this.#comm);
    this.#graceTimer ??= setTimeout(() => {
      const seconds = Number((graceMs / 1000).toPrecision(2));
      this.#request.onNotice(`workers still compute after ${seconds} s; their cases are left for a resume`);
      this.#end('interrupted');
    }, graceMs);
  }

  /** After each event: is it over? */
  #check(): void {
    const { state } = this;
    if (!state.isStopping && this.#awaited.size === 0 && reactor.isAllDone(state)) {
      reactor.onStop(state, this.#comm);
    }
    const overTime = timeIsOver(state, this.#comm);
    if (overTime !== undefined) this.#interrupt(overTime);
    const stranded = state.isStopping ? 0 : strandedCases(state);
    if (stranded > 0 && this.#hasBegun && this.#awaited.size === 0) {
      this.#interrupt(`no host that is left has room for ${stranded} of the cases`);
    }
    if (state.isStopping && reactor.isDeserted(state)) {
      this.#end(reactor.isAllDone(state) ? 'completed' : 'interrupted');
    }
  }

  /** Ends a run that cannot go on to its end by itself; a later session can. */
  #interrupt(reason: string): void {
    if (this.reason === undefined) this.#request.onNotice(reason);
    this.reason ??= reason;
    const reserveMs = this.#request.timeLimit?.reserveMs ?? Number.POSITIVE_INFINITY;
    this.#onStop(Math.min(stopGraceMs, reserveMs / 2));
  }

  #end(end: RunEnd): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    // What came before the last bye may still be on its way to the disk.
    this.#request.log.flush().then(
      () => {
        this.#close();
        this.#settle.resolve(end);
      },
      (error) => this.#fail(error),
    );
  }

  #fail(error: Error): void {
    this.#close();
    this.#settle.reject(error);
  }

  #close(): void {
    this.#isSettled = true;
    clearTimeout(this.#graceTimer);
    this.#timer.close();
  }

  /** An event's action; nothing happens after the end, and an exception is the end. */
  #guard(action: () => void): void {
    if (this.#isSettled) return;
    try {
      action();
      this.#check();
    } catch (error) {
      this.#fail(error as Error);
    }
  }
}

function welcomeOf(request: CoordinateRequest): Welcome {
  const { study, shared, form, kernelIdentity, batching } = request;
  // Ranks have no use for the text of the study, which can have millions of lines.
  const known = { ...study, source: { ...study.source, text: '' } };
  return { kind: 'welcome', study: known, shared, form, kernel: kernelIdentity, batching };
}
