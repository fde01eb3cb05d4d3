/** What waits in a session, and for what: numbers, and a few cases of each kind. */
import type { CoordinatorState } from '../coordinator/state.js';
import { amountsText } from '../schedule/tasks/hosts.js';
import type { TaskScheduler } from '../schedule/tasks/task-scheduler.js';
import type { QueueProgress, QueueSamples } from './api.js';

/** Cases and hosts that are shown by name: these are looked at several times a second. */
const sampled = 32;

/** `nowMs` by the coordinator's clock. */
export function queueOf(state: CoordinatorState, nowMs: number): QueueProgress {
  const { scheduler, tasks, inFlight, suspects, raised, delayed, late } = state;
  const resources = tasks?.heldUp ?? 0;
  return {
    waiting: scheduler.remaining,
    inFlight,
    suspects: suspects.cases,
    backOff: delayed.length,
    memory: raised.length,
    dependencies: tasks ? tasks.remaining - tasks.readyCount : 0,
    resources,
    late: late.cases,
    ...((delayed.length > 0 || resources > 0) && { samples: samplesOf(state, tasks, nowMs) }),
  };
}

/** Before a session has a coordinator. */
export function queueBefore(waiting: number): QueueProgress {
  const nothing = { inFlight: 0, suspects: 0, backOff: 0, memory: 0, dependencies: 0, resources: 0, late: 0 };
  return { waiting, ...nothing };
}

function samplesOf(
  { delayed, attempts }: CoordinatorState,
  tasks: TaskScheduler | undefined,
  nowMs: number,
): QueueSamples {
  const blocked = tasks?.blocked(sampled) ?? [];
  return {
    due: delayed.sample(sampled).map(({ case: index, atMs }) => ({
      ...{ case: index, attempt: attempts.next(index), inMs: Math.round(atMs - nowMs) },
    })),
    blocked: blocked.map(({ index, host, startsMs }) => ({
      case: index,
      ...(host !== undefined && { host }),
      ...(startsMs !== undefined && { inMs: Math.max(0, Math.round(startsMs - nowMs)) }),
    })),
    hosts: blocked.length === 0 ? [] : hostsOf(tasks),
  };
}

function hostsOf(tasks: TaskScheduler | undefined): QueueSamples['hosts'] {
  const hosts = [];
  for (const { name, owned, free } of tasks?.hosts ?? []) {
    if (hosts.length === sampled) break;
    hosts.push({ host: name, owned: amountsText(owned), free: amountsText(free) });
  }
  return hosts;
}
