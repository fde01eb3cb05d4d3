/** Binds the coordinator's reactor to a transport and a journal, from the first hello to the last bye. */
import type { Comm } from '../coordinator/comm.js';
import { timeIsOver } from '../coordinator/deadline.js';
import * as reactor from '../coordinator/reactor.js';
import { type CoordinatorState, createState, defaultOptions, type Past } from '../coordinator/state.js';
import { strandedCases } from '../coordinator/task-events.js';
import * as teamEvents from '../coordinator/team-events.js';
import { EnvironmentError } from '../errors/environment-error.js';
import { isIsolated } from '../kernels/isolation.js';
import type { Loss } from '../messages/loss.js';
import type { Lost, MemoryRules, NodeMessage, Welcome, WorkerMessage } from '../messages/message.js';
import { blocksOf, decodeMessage, encodeMessage } from '../messages/wire.js';
import type { CostLedger } from '../schedule/cost-ledger.js';
import type { CostModel } from '../schedule/costs.js';
import type { TaskSet } from '../schedule/tasks/task-set.js';
import type { Chunk } from '../schedule/work-queue.js';
import type { KernelForm } from '../study/solver.js';
import type { Strategy, Study } from '../study/study.js';
import { carefulSend } from './links/careful-send.js';
import { type CommRequest, createComm } from './links/coordinator-comm.js';
import type { CoordinatorLinks } from './links/transport.js';
import { WakeTimer } from './links/wake-timer.js';
import { RollCall, type RollCallRequest } from './roll-call.js';
import { schedulerOf } from './run-scheduler.js';
import { deadlineOf, type TimeLimit } from './time-limit.js';

export interface CoordinateRequest extends CommRequest, RollCallRequest {
  readonly links: CoordinatorLinks;
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
  /** A worker has its kernel. */
  onReady?(worker: number): void;
  /** A worker ended without a word. */
  onLost?(worker: number, how: string): void;
  onVitals?(worker: number, memoryBytes: number): void;
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
  readonly hosts: ReadonlyMap<number, string>;
  reason: string | undefined;
  readonly finished: Promise<RunEnd>;
  readonly #request: CoordinateRequest;
  readonly #timer = new WakeTimer(() => this.#guard(() => reactor.onTime(this.state, this.#comm)));
  readonly #comm: Comm;
  #firstSentMs: number | undefined;
  readonly #rollCall: RollCall;
  #isEnding = false;
  #isSettled = false;
  #settle: { resolve(end: RunEnd): void; reject(error: Error): void };
  #graceTimer: NodeJS.Timeout | undefined;

  constructor(request: CoordinateRequest) {
    const { links, log, stop, past } = request;
    const { execution } = request.study;
    const memory = memoryRules(request);
    this.#request = request;
    const sender = links.isFragile ? carefulSend(links, log, () => this.#isCareful()) : links;
    this.#comm = createComm({ ...request, links: sender }, this.#timer);
    const options = {
      ...defaultOptions,
      retries: execution.retries,
      backoff: execution.backoff,
      crashLimit: execution.crashLimit,
      isFragile: links.isFragile,
      ...(memory && { memory }),
      ...(request.timeLimit && { deadlineMs: deadlineOf(request.timeLimit) }),
      depthLimit: request.depth ?? defaultOptions.depthLimit,
      ...(request.ledger && { ledger: request.ledger }),
    };
    this.state = createState(schedulerOf(request), links.workers, options, links.teams, past);
    const { crashLimit, depthLimit } = options;
    const { takesBack } = this.state.scheduler;
    const rules = links.teams && { crashLimit, depthLimit, takesBack, ...(memory && { memory }) };
    const welcome = encodeMessage({ ...welcomeOf(request), ...(rules && { rules }) });
    this.#rollCall = new RollCall(request, this.state, this.#comm, welcome, (error) => this.#fail(error));
    this.hosts = this.#rollCall.hosts;
    this.#settle = { resolve: () => {}, reject: () => {} };
    this.finished = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    reactor.onBegin(this.state, this.#comm, past);
    links.start({
      onMessage: (worker, bytes) => this.#guard(() => this.#onMessage(worker, bytes)),
      onGuest: (worker) => this.#guard(() => this.#rollCall.onGuest(worker)),
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
        this.#rollCall.onHello(worker, message);
        break;
      case 'ready':
        this.#request.onReady?.(worker);
        reactor.onReady(this.state, this.#comm, worker);
        break;
      case 'unable':
        this.#rollCall.onUnable(worker, message.worker ?? worker, message.reason);
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
        this.#rollCall.note(message.member);
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
    const successor = links.replace(worker);
    if (successor !== undefined) {
      reactor.onJoined(state, successor);
    } else if (reactor.isDeserted(state)) {
      this.#fail(new EnvironmentError(`no worker is left: worker ${worker} ${loss.how}`));
      return;
    }
    this.#rollCall.onLost(worker, successor);
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
    if (!state.isStopping && this.#rollCall.isComplete && reactor.isAllDone(state)) {
      reactor.onStop(state, this.#comm);
    }
    const overTime = timeIsOver(state, this.#comm);
    if (overTime !== undefined) this.#interrupt(overTime);
    const stranded = state.isStopping ? 0 : strandedCases(state);
    if (stranded > 0 && this.#rollCall.hasBegun && this.#rollCall.isComplete) {
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

/** Undefined where kernels live in ranks, or in this process: those are there for good. */
function memoryRules({ links, study }: CoordinateRequest): MemoryRules | undefined {
  const isRenewable = links.kind === 'local' || (links.kind === 'mpi' && isIsolated(study));
  const { memoryLimitBytes, retryMemoryFactor } = study.execution;
  return isRenewable ? { limitBytes: memoryLimitBytes, factor: retryMemoryFactor } : undefined;
}

function welcomeOf(request: CoordinateRequest): Welcome {
  const { study, shared, form, kernelIdentity, batching } = request;
  // Ranks have no use for the text of the study, which can have millions of lines.
  const known = { ...study, source: { ...study.source, text: '' } };
  return { kind: 'welcome', study: known, shared, form, kernel: kernelIdentity, batching };
}
