import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findCycle, longestPaths, reversed, topologicalOrder } from '../../src/study/task-graph.js';
import { drawnTasks, edgesOf } from '../schedule/tasks/arbitraries.js';

const anyGraph = fc.integer({ min: 1, max: 12 }).chain((count) =>
  fc.array(fc.uniqueArray(fc.nat({ max: count - 1 }), { maxLength: 3 }), {
    minLength: count,
    maxLength: count,
  }),
);

test('an order puts every case behind what it depends on', () => {
  fc.assert(
    fc.property(drawnTasks, ({ count, dependencies }) => {
      const order = topologicalOrder(edgesOf(dependencies));
      const places = new Map([...order].map((index, place) => [index, place]));
      expect(places.size).toBe(count);
      dependencies.forEach((list, index) => {
        for (const before of list) expect(places.get(before)).toBeLessThan(places.get(index)!);
      });
    }),
  );
});

test('a circle is found where there is one, and each of its cases depends on the next', () => {
  fc.assert(
    fc.property(anyGraph, (lists) => {
      const edges = edgesOf(lists);
      const cycle = findCycle(edges);
      expect(cycle !== undefined).toBe(topologicalOrder(edges).length < lists.length);
      if (!cycle) return;
      expect(cycle.length).toBeGreaterThan(1);
      expect(cycle[0]).toBe(cycle.at(-1));
      expect(new Set(cycle).size).toBe(cycle.length - 1);
      for (let i = 1; i < cycle.length; i++) expect(lists[cycle[i - 1]!]).toContain(cycle[i]);
    }),
  );
});

test('a circle of thousands needs no deep stack', () => {
  const count = 200_000;
  const cycle = findCycle(edgesOf(Array.from({ length: count }, (_, i) => [(i + 1) % count])));
  expect(cycle).toHaveLength(count + 1);
});

test('the other ends of the ties are the same ties', () => {
  fc.assert(
    fc.property(anyGraph, (lists) => {
      const back = reversed(reversed(edgesOf(lists)));
      expect([...back.offsets]).toEqual([...edgesOf(lists).offsets]);
      lists.forEach((list, i) => {
        const own = back.cases.subarray(back.offsets[i], back.offsets[i + 1]);
        expect([...own]).toEqual([...list].sort((a, b) => a - b));
      });
    }),
  );
});

test('the longest path from a case is its cost and the longest of those that wait for it', () => {
  // 0 ← 1 ← 3, 0 ← 2 ← 3, 4 alone
  const edges = edgesOf([[], [0], [0], [1, 2], []]);
  const costs = [1, 10, 2, 5, 7];
  expect([...longestPaths(edges, (i) => costs[i]!)]).toEqual([16, 15, 7, 5, 7]);
});
