/** What lets cases of a simulated run wait: for each other, and for room on hosts. */
import type { Amounts } from '../schedule/tasks/hosts.js';
import { TaskScheduler } from '../schedule/tasks/task-scheduler.js';
import type { TaskSet } from '../schedule/tasks/task-set.js';
import type { Chunk } from '../schedule/work-queue.js';
import type { Strategy } from '../study/study.js';
import { longestPaths } from '../study/task-graph.js';

export interface Constraints {
  /** With costs, where anything is known of them. */
  readonly set: TaskSet;
  /** Cases that ended in earlier sessions and did not complete. */
  readonly failed: readonly number[];
  /** Where hosts are not named, each is like this one. */
  readonly host: HostShape;
  /** Hosts of a run that names them; workers behind their last go round again. */
  readonly hosts?: readonly HostShape[];
  /** What the scheduler expects cases to take, and how far they scatter; absent where it knows nothing. */
  readonly expected?: { predictMs(index: number): number; readonly scatter: number };
}

export interface HostShape {
  /** Workers on each, but perhaps the last. */
  readonly workers: number;
  readonly owned: Amounts;
}

/** Strategies that put cases into the same order are the same where cases are handed out one by one. */
export function orderBy(strategy: Strategy): 'adaptive' | 'lpt' | 'self' {
  return strategy === 'adaptive' || strategy === 'lpt' ? strategy : 'self';
}

/** The scheduler of a real run, with its workers on their hosts. */
export function constrainedScheduler(
  { set, failed, host, hosts }: Constraints,
  strategy: Strategy,
  ranges: readonly Readonly<Chunk>[],
  workers: number,
): TaskScheduler {
  const scheduler = new TaskScheduler({ set, strategy, ranges, apart: [], failed });
  const round = hosts?.flatMap(({ workers: count }, i) => Array.from({ length: count }, () => i));
  for (let worker = 0; worker < workers; worker++) {
    const place = round ? round[worker % round.length]! : Math.floor(worker / host.workers);
    scheduler.place(worker, `host ${place}`, (hosts?.[place] ?? host).owned);
  }
  return scheduler;
}

/** No schedule can end earlier: level after level, and the longest chain of cases that wait for each other. */
export function waitingBound(
  { dependencies, levels, count }: TaskSet,
  timeOf: (index: number) => number,
  workers: number,
): number {
  const chain = longestPaths(dependencies, timeOf).reduce((a, b) => Math.max(a, b), 0);
  if (!levels) return chain;
  const sums = new Map<number, { total: number; longest: number }>();
  for (let index = 0; index < count; index++) {
    const time = timeOf(index);
    const { total, longest } = sums.get(levels[index]!) ?? { total: 0, longest: 0 };
    sums.set(levels[index]!, { total: total + time, longest: Math.max(longest, time) });
  }
  const stages = [...sums.values()].map(({ total, longest }) => Math.max(total / workers, longest));
  return Math.max(
    chain,
    stages.reduce((a, b) => a + b, 0),
  );
}
