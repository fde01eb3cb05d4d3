/** Binds the coordinator's reactor to a transport and a journal, from the first hello to the last bye. */
import { encodeBlock } from '../codec/block.js';
import { allocateColumns, type ColumnSpec } from '../codec/columns.js';
import type { Comm } from '../coordinator/comm.js';
import * as reactor from '../coordinator/reactor.js';
import { type CoordinatorState, createState, defaultOptions } from '../coordinator/state.js';
import { EnvironmentError } from '../errors/environment-error.js';
import type { Batching, Hello, Welcome, WorkerMessage } from '../messages/message.js';
import { blocksOf, decodeMessage, encodeMessage } from '../messages/wire.js';
import { createScheduler } from '../schedule/scheduler.js';
import type { Chunk } from '../schedule/work-queue.js';
import type { KernelForm } from '../study/solver.js';
import type { Strategy, Study } from '../study/study.js';
import { AssignmentBuffer } from './assignments.js';
import { type Identity, reasonToRefuse } from './handshake.js';
import type { CoordinatorLinks } from './transport.js';

/** What the coordinator needs of a journal; store/journal has it on disk. */
export interface ResultLog {
  /** Copies the bytes; the position behind them. */
  append(kind: 'results' | 'assign', bytes: Uint8Array): number;
  readonly backlogBytes: number;
  onDurable(listener: (position: number) => void): void;
  onError(listener: (error: Error) => void): void;
  flush(): Promise<void>;
}

export interface CoordinateRequest {
  readonly links: CoordinatorLinks;
  readonly identity: Identity;
  readonly study: Study;
  readonly shared: unknown;
  readonly form: KernelForm;
  readonly kernelIdentity: string;
  readonly outputs: readonly ColumnSpec[];
  readonly log: ResultLog;
  /** Cases to compute. */
  readonly ranges: readonly Readonly<Chunk>[];
  readonly strategy: Strategy;
  readonly chunk: number | 'auto';
  readonly attempt: number;
  readonly batching: Batching;
  /** Most ranges at a worker. */
  readonly depth?: number;
  readonly stop: AbortSignal;
  /** All workers are there and the study is on its way to them. */
  onStarted?(): void;
  onNotice(message: string): void;
  /** A worker said hello from a host. */
  onJoined?(worker: number, host: string): void;
  onWorkerLog(worker: number, text: string): void;
}

export interface Coordination {
  /** For looking at, not for changing. */
  readonly state: CoordinatorState;
  readonly hosts: ReadonlyMap<number, string>;
  /** Settles when all is computed and durable, or stopped and durable. Rejects when the run cannot go on. */
  readonly finished: Promise<'completed' | 'interrupted'>;
}

/** A found chunk size is bounded by time; this only keeps one range countable in 32 bits. */
const mostCases = 1 << 24;

/** Time that workers have to end what they compute when the user stops the run. */
const stopGraceMs = 5_000;

export function coordinate(request: CoordinateRequest): Coordination {
  const { links, log } = request;
  const scheduler = createScheduler({
    strategy: request.strategy,
    ranges: request.ranges,
    workers: links.workers,
    chunk: request.chunk,
    mostCases,
  });
  const state = createState(scheduler, links.workers, {
    ...defaultOptions,
    attempt: request.attempt,
    depthLimit: request.depth ?? defaultOptions.depthLimit,
  });
  const hosts = new Map<number, string>();
  const comm = createComm(request);
  const welcome = encodeMessage(welcomeOf(request));

  const finished = new Promise<'completed' | 'interrupted'>((resolve, reject) => {
    let isSettled = false;
    let isClosing = false;
    let graceTimer: NodeJS.Timeout | undefined;
    /** Workers that have not said hello; nothing is sent to any before all have. */
    const awaited = new Set(links.workers);
    let hasBegun = false;

    const settle = (end: () => void): void => {
      if (isSettled) return;
      isSettled = true;
      clearTimeout(graceTimer);
      end();
    };
    const fail = (error: Error): void => settle(() => reject(error));
    const end = (how: 'completed' | 'interrupted'): void => {
      if (isClosing) return;
      isClosing = true;
      // What came before the last bye may still be on its way to the disk.
      log.flush().then(
        () => settle(() => resolve(how)),
        (error) => fail(error),
      );
    };
    const guarded =
      <A extends unknown[]>(action: (...args: A) => void) =>
      (...args: A): void => {
        if (isSettled) return;
        try {
          action(...args);
          check();
        } catch (error) {
          fail(error as Error);
        }
      };
    const check = (): void => {
      if (state.isStopping) {
        if (reactor.isDeserted(state)) end(reactor.isAllDone(state) ? 'completed' : 'interrupted');
        return;
      }
      if (awaited.size === 0 && reactor.isAllDone(state)) {
        reactor.onStop(state, comm);
        check();
      }
    };
    const begin = (): void => {
      hasBegun = true;
      request.onStarted?.();
      void links.broadcast(welcome).catch(fail);
    };
    const refuse = async (reason: string): Promise<void> => {
      await links.broadcast(encodeMessage({ kind: 'refuse', reason }));
      reactor.onDismissed(state);
      fail(new EnvironmentError(reason));
    };
    const onHello = (worker: number, hello: Hello): void => {
      const reason = reasonToRefuse(request.identity, worker, hello);
      hosts.set(worker, hello.host);
      request.onJoined?.(worker, hello.host);
      if (reason !== undefined) {
        if (!hasBegun) refuse(reason).catch(fail);
        else links.send(worker, encodeMessage({ kind: 'refuse', reason }));
        return;
      }
      if (!awaited.delete(worker)) links.send(worker, welcome);
      else if (awaited.size === 0) begin();
    };
    const onMessage = (worker: number, message: WorkerMessage): void => {
      switch (message.kind) {
        case 'results':
          reactor.onResults(state, comm, worker, message.bytes);
          break;
        case 'hello':
          onHello(worker, message);
          break;
        case 'ready':
          reactor.onReady(state, comm, worker);
          break;
        case 'unable':
          links.send(worker, encodeMessage({ kind: 'refuse', reason: message.reason }));
          fail(
            new EnvironmentError(`worker ${worker} on ${hosts.get(worker)} is refused: ${message.reason}`),
          );
          break;
        case 'log':
          request.onWorkerLog(worker, message.text);
          break;
        case 'bye':
          reactor.onBye(state, worker);
          break;
        default:
          message satisfies never;
      }
    };
    const onLost = (worker: number, reason: string): void => {
      if (state.workers.get(worker)?.status === 'gone') return;
      reactor.onLost(state, comm, worker, reason);
      if (state.isStopping) return;
      request.onNotice(`${reason}; its cases are computed by others`);
      awaited.delete(worker);
      const successor = links.replace(worker);
      if (successor !== undefined) {
        reactor.onJoined(state, successor);
        // The broadcast reaches it as well, so it must not come before this one's hello.
        if (!hasBegun) awaited.add(successor);
      } else if (reactor.isDeserted(state)) {
        fail(new EnvironmentError(`no worker is left: ${reason}`));
      } else if (!hasBegun && awaited.size === 0) {
        begin();
      }
    };

    const handleMessage = guarded((worker: number, bytes: Uint8Array) => {
      const blocks = blocksOf(bytes);
      if (blocks) reactor.onResults(state, comm, worker, blocks);
      else onMessage(worker, decodeMessage(bytes) as WorkerMessage);
    });
    links.start({
      onMessage: handleMessage,
      onDrained: guarded(() => reactor.onDrained(state, comm)),
      onLost: guarded(onLost),
      onError: fail,
    });
    log.onDurable(guarded((position: number) => reactor.onDurable(state, comm, position)));
    log.onError(fail);
    const onStop = guarded(() => {
      reactor.onStop(state, comm);
      graceTimer = setTimeout(() => {
        request.onNotice(
          `workers still compute after ${stopGraceMs / 1000} s; their cases are left for a resume`,
        );
        end('interrupted');
      }, stopGraceMs);
    });
    if (request.stop.aborted) onStop();
    else request.stop.addEventListener('abort', onStop, { once: true });
  });
  return { state, hosts, finished };
}

function createComm(request: CoordinateRequest): Comm {
  const { links, log, outputs, batching } = request;
  const buffers = new Map<number, AssignmentBuffer>();
  const flush = (worker: number): void => {
    const buffer = buffers.get(worker);
    if (!buffer || buffer.isEmpty) return;
    log.append('assign', buffer.record());
    links.send(worker, buffer.take());
  };
  return {
    assign: (worker, first, count, attempt) => {
      let buffer = buffers.get(worker);
      if (!buffer) {
        buffer = new AssignmentBuffer(worker);
        buffers.set(worker, buffer);
      }
      buffer.add(first, count, attempt);
      if (batching === 'single' || buffer.isFull) flush(worker);
    },
    flush,
    stopWorker: (worker) => links.send(worker, encodeMessage({ kind: 'stop' })),
    persist: (blocks) => log.append('results', blocks),
    persistFailure: (first, attempt, type, message) =>
      log.append('results', failureBlock(outputs, first, attempt, type, message)),
    backlogBytes: () => log.backlogBytes,
    notice: (message) => request.onNotice(message),
  };
}

function failureBlock(
  outputs: readonly ColumnSpec[],
  first: number,
  attempt: number,
  type: string,
  message: string,
): Uint8Array {
  const columns = allocateColumns(outputs, 1);
  const failures = [{ offset: 0, status: 'failed', type, message }] as const;
  return encodeBlock(outputs, {
    first,
    count: 1,
    startedMs: Date.now(),
    elapsedMs: 0,
    worker: 0,
    attempt,
    columns,
    failures,
  });
}

function welcomeOf(request: CoordinateRequest): Welcome {
  const { study, shared, form, kernelIdentity, batching } = request;
  return { kind: 'welcome', study, shared, form, kernel: kernelIdentity, batching };
}
