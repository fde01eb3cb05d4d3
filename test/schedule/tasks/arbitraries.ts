import fc from 'fast-check';
import type { Resources, TaskSet } from '../../../src/schedule/tasks/task-set.js';
import { type Edges, noEdges } from '../../../src/study/task-graph.js';

/** Edges from lists of dependencies. */
export function edgesOf(lists: readonly (readonly number[])[]): Edges {
  const offsets = new Uint32Array(lists.length + 1);
  lists.forEach((list, i) => {
    offsets[i + 1] = offsets[i]! + list.length;
  });
  return { offsets, cases: Uint32Array.from(lists.flat()) };
}

export interface Drawn {
  readonly count: number;
  readonly dependencies: readonly (readonly number[])[];
  readonly levels: readonly number[] | undefined;
  readonly priorities: readonly number[] | undefined;
  readonly costs: readonly number[] | undefined;
  /** Kind of need of each case. */
  readonly kinds: readonly number[] | undefined;
}

/** What cases may need on hosts of four cores, 100 bytes and one GPU. */
export const needs: readonly Resources[] = [
  { cores: 1, memoryBytes: 10, gpus: 0 },
  { cores: 4, memoryBytes: 1, gpus: 0 },
  { cores: 0, memoryBytes: 60, gpus: 0 },
  { cores: 1.5, memoryBytes: 0, gpus: 0.5 },
  { cores: 2, memoryBytes: 50, gpus: 1 },
];
export const host: Resources = { cores: 4, memoryBytes: 100, gpus: 1 };

/** Cases that depend on lower ones, and whose levels do not contradict that. */
export const drawnTasks: fc.Arbitrary<Drawn> = fc.integer({ min: 1, max: 40 }).chain((count) => {
  const each = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
    fc.array(value, { minLength: count, maxLength: count });
  return fc
    .record({
      dependencies: each(fc.array(fc.nat({ max: 1000 }), { maxLength: 3 })),
      levels: fc.option(each(fc.nat({ max: 3 })), { nil: undefined }),
      priorities: fc.option(each(fc.nat({ max: 3 })), { nil: undefined }),
      costs: fc.option(each(fc.integer({ min: 1, max: 9 })), { nil: undefined }),
      kinds: fc.option(each(fc.nat({ max: needs.length - 1 })), { nil: undefined }),
    })
    .map(({ dependencies, levels, ...rest }) => {
      const lists = dependencies.map((draws, i) =>
        i === 0 ? [] : [...new Set(draws.map((draw) => draw % i))],
      );
      const raised: number[] = [];
      lists.forEach((list, i) => {
        raised.push(Math.max(levels?.[i] ?? 0, ...list.map((before) => raised[before]!)));
      });
      // Levels are ranks: all below the highest occur.
      const sorted = [...new Set(raised)].sort((a, b) => a - b);
      const ranks = raised.map((level) => sorted.indexOf(level));
      return { count, dependencies: lists, levels: levels && ranks, ...rest };
    });
});

export function setOf(drawn: Drawn, more: Partial<TaskSet> = {}): TaskSet {
  const { count, dependencies, levels, priorities, costs, kinds } = drawn;
  return {
    count,
    dependencies: dependencies.length > 0 ? edgesOf(dependencies) : noEdges(count),
    isInOrder: false,
    nameOf: (index) => `case ${index}`,
    ...(levels && { levels: Uint32Array.from(levels) }),
    ...(priorities && { priorities: Float64Array.from(priorities) }),
    ...(costs && { costs: Float64Array.from(costs) }),
    ...(kinds && { needs: { kinds: needs, kindOf: Uint16Array.from(kinds) } }),
    ...more,
  };
}

/** As many cases without anything in their way. */
export function plain(count: number, more: Partial<Drawn> = {}): Drawn {
  const none = { levels: undefined, priorities: undefined, costs: undefined, kinds: undefined };
  return { count, dependencies: Array.from({ length: count }, () => []), ...none, ...more };
}
