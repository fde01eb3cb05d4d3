/**
 * A run of the real coordinator and its schedulers in simulated time. Nothing here draws a random number or reads a
 * clock: the same request gives the same report, digit by digit.
 */
import { blockHeaderBytes } from '../codec/block.js';
import { createState, defaultOptions } from '../coordinator/state.js';
import { createScheduler, type ScheduleRequest } from '../schedule/scheduler.js';
import { EventQueue } from './event-queue.js';
import type { Machine } from './machine.js';
import { SimulatedCoordinator } from './simulated-coordinator.js';
import { SimulatedWorker, type WorkerWorld } from './simulated-worker.js';
import type { Tasks } from './tasks.js';

export interface SimulateRequest
  extends Pick<ScheduleRequest, 'strategy' | 'chunk'>,
    Partial<Pick<ScheduleRequest, 'costs' | 'ranges'>> {
  readonly tasks: Tasks;
  readonly machine: Machine;
}

export interface Simulation {
  /** `deserted`: every worker died, and no successor came. */
  readonly end: 'completed' | 'deserted';
  /** From the first worker's readiness to the end of the coordinator's work on the last result. */
  readonly makespanMs: number;
  /** Time that workers computed for results that came back, over all workers. */
  readonly computedMs: number;
  /** The same, as part of all workers' time: 1 when none ever waited and nothing was lost. */
  readonly efficiency: number;
  readonly computedCases: number;
  /** Cases whose result came a second time. */
  readonly doubledCases: number;
  /** Cases given up because workers died of them. */
  readonly givenUpCases: number;
  /** What the coordinator read, and how long it was busy. */
  readonly messages: number;
  readonly blocks: number;
  readonly coordinatorBusyMs: number;
}

/** Throws Error when nothing moves any more although work and workers are left: a fault of the scheduler or the reactor. */
export function simulate(request: SimulateRequest): Simulation {
  const { tasks, machine } = request;
  const numbers = Array.from({ length: machine.workers }, (_, i) => i);
  const scheduler = createScheduler({
    strategy: request.strategy,
    chunk: request.chunk,
    ranges: request.ranges ?? [{ first: 0, count: tasks.count }],
    workers: numbers,
    mostCases: 1 << 24,
    ...(request.costs && { costs: request.costs }),
  });
  const state = createState(scheduler, numbers, defaultOptions);
  const time = new EventQueue();
  const workers: SimulatedWorker[] = [];
  let computedMs = 0;

  const coordinator: SimulatedCoordinator = new SimulatedCoordinator(state, {
    time,
    costs: machine.coordinator,
    send: (worker, ranges, atMs) => time.at(atMs + machine.latencyMs, () => workers[worker]!.receive(ranges)),
    revoke: (worker, atMs) => time.at(atMs + machine.latencyMs, () => workers[worker]!.revoke()),
    replace: (_worker, atMs) => {
      if (machine.replaceMs === undefined) return undefined;
      start(atMs + machine.replaceMs);
      return workers.length - 1;
    },
  });
  const world: WorkerWorld = {
    time,
    pieceMs: machine.worker.pieceMs,
    messageMs: machine.worker.messageMs,
    elapsedMs: (worker, first, count) => tasks.elapsedMs(first, count) / (machine.speeds?.[worker] ?? 1),
    send: (worker, blocks) => {
      computedMs += elapsedOf(blocks);
      time.at(time.nowMs + machine.worker.messageMs + machine.latencyMs, () =>
        coordinator.arrive({ kind: 'results', worker, blocks }),
      );
    },
    release: (worker, ranges) =>
      time.at(time.nowMs + machine.worker.messageMs + machine.latencyMs, () =>
        coordinator.arrive({ kind: 'released', worker, ranges }),
      ),
  };
  const start = (readyMs: number): void => {
    const worker = workers.length;
    workers.push(new SimulatedWorker(worker, world));
    time.at(readyMs, () => {
      if (!workers[worker]!.isDead) coordinator.arrive({ kind: 'ready', worker });
    });
  };
  for (const _ of numbers) start(0);
  for (const { worker, atMs } of machine.deaths) {
    time.at(atMs, () => {
      const dying = workers[worker];
      if (!dying || dying.isDead) return;
      dying.die();
      const knownMs = time.nowMs + Math.max(machine.noticeMs, machine.worker.messageMs + machine.latencyMs);
      time.at(knownMs, () => coordinator.arrive({ kind: 'lost', worker }));
    });
  }

  while (coordinator.doneAtMs === undefined && time.step());
  const isDeserted = coordinator.doneAtMs === undefined;
  if (isDeserted && workers.some(({ isDead }) => !isDead)) {
    throw new Error(
      `the run stands still: ${coordinator.computed.total} of ${tasks.count} cases are computed`,
    );
  }
  const makespanMs = coordinator.doneAtMs ?? time.nowMs;
  return {
    end: isDeserted ? 'deserted' : 'completed',
    makespanMs,
    computedMs,
    efficiency: computedMs / (makespanMs * machine.workers),
    computedCases: coordinator.computed.total - coordinator.givenUp,
    doubledCases: coordinator.doubled,
    givenUpCases: coordinator.givenUp,
    messages: coordinator.messages,
    blocks: coordinator.blocks,
    coordinatorBusyMs: coordinator.busyMs,
  };
}

function elapsedOf(blocks: Uint8Array): number {
  const view = new DataView(blocks.buffer);
  let sum = 0;
  for (let at = 0; at < blocks.byteLength; at += blockHeaderBytes) sum += view.getFloat64(at + 16, true);
  return sum;
}
