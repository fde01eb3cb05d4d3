/**
 * A run of the real coordinator and its schedulers in simulated time. Nothing here draws a random number or reads a
 * clock: the same request gives the same report, digit by digit.
 */
import { blockHeaderBytes } from '../codec/block.js';
import { createState, defaultOptions } from '../coordinator/state.js';
import { createScheduler, type ScheduleRequest, type Scheduler } from '../schedule/scheduler.js';
import { type Constraints, constrainedScheduler } from './constraints.js';
import { EventQueue } from './event-queue.js';
import { type Machine, timesCosts } from './machine.js';
import { SimulatedCoordinator } from './simulated-coordinator.js';
import { type NodeArrival, SimulatedNode } from './simulated-node.js';
import { type Range, SimulatedWorker, type WorkerWorld } from './simulated-worker.js';
import type { Tasks } from './tasks.js';

export interface SimulateRequest
  extends Pick<ScheduleRequest, 'strategy' | 'chunk'>,
    Partial<Pick<ScheduleRequest, 'costs' | 'ranges'>> {
  readonly tasks: Tasks;
  readonly machine: Machine;
  /** Cases wait for each other, or for room on hosts. */
  readonly constraints?: Constraints;
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
  const scheduler = schedulerOf(request, numbers);
  const time = new EventQueue();
  const workers: SimulatedWorker[] = [];
  let computedMs = 0;
  const teams = teamsOf(machine);
  const nodes = new Map<number, SimulatedNode>();
  /** The node coordinator of each worker that has one. */
  const bosses = new Map<number, SimulatedNode>();

  const give = (worker: number, ranges: readonly Range[], atMs: number): void =>
    time.at(atMs + machine.latencyMs, () => workers[worker]!.receive(ranges));
  const ask = (worker: number, atMs: number): void =>
    time.at(atMs + machine.latencyMs, () => workers[worker]!.revoke());
  const replace = (_worker: number, atMs: number): number | undefined => {
    if (machine.replaceMs === undefined) return undefined;
    start(atMs + machine.replaceMs);
    return workers.length - 1;
  };
  const state = createState(scheduler, teams.size > 0 ? [...teams.keys()] : numbers, defaultOptions, teams);
  const coordinator: SimulatedCoordinator = new SimulatedCoordinator(state, {
    ...{ time, costs: timesCosts(machine.coordinator, machine.workersForEach ?? 1), send: give, replace },
    share: (node, ranges, atMs) =>
      time.at(atMs + machine.latencyMs, () => nodes.get(node)!.arrive({ kind: 'share', ranges })),
    revoke: (worker, atMs) => {
      const node = nodes.get(worker);
      if (node) time.at(atMs + machine.latencyMs, () => node.arrive({ kind: 'revoke' }));
      else ask(worker, atMs);
    },
  });
  const { crashLimit, depthLimit } = defaultOptions;
  const rules = { crashLimit, depthLimit, takesBack: scheduler.takesBack };
  for (const [worker, members] of teams) {
    const node: SimulatedNode = new SimulatedNode(members, rules, {
      ...{ time, costs: machine.coordinator, sendWorker: give, revokeWorker: ask },
      sendRoot: (message, atMs) =>
        time.at(atMs + machine.latencyMs, () =>
          coordinator.arrive(
            message.kind === 'ready' ? { kind: 'ready', worker } : { kind: 'node', worker, message },
          ),
        ),
      replace: (lost, atMs) => {
        const successor = replace(lost, atMs);
        if (successor !== undefined) bosses.set(successor, node);
        return successor;
      },
    });
    nodes.set(worker, node);
    for (const member of members) bosses.set(member, node);
  }
  const tell = (
    worker: number,
    arrival: Extract<NodeArrival, { kind: 'ready' | 'results' | 'released' | 'lost' }>,
  ): void => (bosses.get(worker) ?? coordinator).arrive(arrival);
  const world: WorkerWorld = {
    time,
    pieceMs: machine.worker.pieceMs,
    messageMs: machine.worker.messageMs,
    elapsedMs: (worker, first, count) => tasks.elapsedMs(first, count) / (machine.speeds?.[worker] ?? 1),
    send: (worker, blocks) => {
      computedMs += elapsedOf(blocks);
      time.at(time.nowMs + machine.worker.messageMs + machine.latencyMs, () =>
        tell(worker, { kind: 'results', worker, blocks }),
      );
    },
    release: (worker, ranges) =>
      time.at(time.nowMs + machine.worker.messageMs + machine.latencyMs, () =>
        tell(worker, { kind: 'released', worker, ranges }),
      ),
  };
  const start = (readyMs: number): void => {
    const worker = workers.length;
    workers.push(new SimulatedWorker(worker, world));
    time.at(readyMs, () => {
      if (!workers[worker]!.isDead) tell(worker, { kind: 'ready', worker });
    });
  };
  coordinator.begin(request.constraints?.expected);
  for (const _ of numbers) start(0);
  for (const { worker, atMs } of machine.deaths) {
    time.at(atMs, () => {
      const dying = workers[worker];
      if (!dying || dying.isDead) return;
      dying.die();
      const knownMs = time.nowMs + Math.max(machine.noticeMs, machine.worker.messageMs + machine.latencyMs);
      time.at(knownMs, () => tell(worker, { kind: 'lost', worker }));
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

function schedulerOf(request: SimulateRequest, workers: readonly number[]): Scheduler {
  const { strategy, chunk, tasks, costs, constraints } = request;
  const ranges = request.ranges ?? [{ first: 0, count: tasks.count }];
  if (constraints) return constrainedScheduler(constraints, strategy, [...ranges], workers.length);
  return createScheduler({ strategy, chunk, ranges, workers, mostCases: 1 << 24, ...(costs && { costs }) });
}

/** Equal runs of workers, each behind the number of its first. */
function teamsOf({ workers, coordinators = 0 }: Machine): Map<number, number[]> {
  const teams = new Map<number, number[]>();
  for (let i = 0; i < coordinators; i++) {
    const from = Math.floor((workers * i) / coordinators);
    const to = Math.floor((workers * (i + 1)) / coordinators);
    teams.set(
      from,
      Array.from({ length: to - from }, (_, k) => from + k),
    );
  }
  return teams;
}

function elapsedOf(blocks: Uint8Array): number {
  const view = new DataView(blocks.buffer);
  let sum = 0;
  for (let at = 0; at < blocks.byteLength; at += blockHeaderBytes) sum += view.getFloat64(at + 16, true);
  return sum;
}
