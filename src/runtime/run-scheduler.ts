/** The scheduler of a run: by strategy, or by what cases depend on and need. */
import { createScheduler, type Scheduler } from '../schedule/scheduler.js';
import { TaskScheduler } from '../schedule/tasks/task-scheduler.js';
import { withCosts } from '../schedule/tasks/with-costs.js';
import type { CoordinateRequest } from './coordinate.js';

/** A found chunk size is bounded by time; this only keeps one range countable in 32 bits. */
const mostCases = 1 << 24;

export function schedulerOf(request: CoordinateRequest): Scheduler {
  const { study, costs, strategy, ranges, past, links, chunk, tasks } = request;
  if (tasks && study.tasks) {
    const set = withCosts(tasks.set, study.tasks, costs);
    return new TaskScheduler({ set, strategy, ranges, apart: past.suspects, failed: tasks.failed });
  }
  // Work is shared out among those who compute, and not among those who pass it on.
  const workers = links.workers.flatMap((worker) => links.teams?.get(worker) ?? [worker]);
  return createScheduler({
    ...{ strategy, ranges, workers, chunk, mostCases },
    ...(costs && { costs }),
    isScaleNeeded: request.timeLimit !== undefined && request.ledger?.msPerUnit === undefined,
  });
}
