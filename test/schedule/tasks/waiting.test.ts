import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Waiting } from '../../../src/schedule/tasks/waiting.js';
import { drawnTasks, plain, setOf } from './arbitraries.js';

describe('what cases wait for', () => {
  test('is what they depend on and all lower levels, whatever ends in which order', () => {
    const outcomes = fc.array(fc.boolean(), { minLength: 40, maxLength: 40 });
    const draws = fc.infiniteStream(fc.nat({ max: 1000 }));
    fc.assert(
      fc.property(drawnTasks, outcomes, outcomes, draws, (drawn, completes, isBefore, choices) => {
        const { count, dependencies, levels } = drawn;
        const ready = new Set<number>();
        const cancelled = new Set<number>();
        const ended = new Map<number, boolean>();
        const waiting = new Waiting(setOf(drawn), {
          onReady: (index) => {
            expect(ready.has(index) || ended.has(index)).toBe(false);
            for (const before of dependencies[index]!) expect(ended.get(before)).toBe(true);
            for (let other = 0; other < count; other++) {
              if (levels && levels[other]! < levels[index]!) expect(ended.has(other)).toBe(true);
            }
            ready.add(index);
          },
          onCancelled: (index) => {
            for (const before of dependencies[index]!) expect(ended.has(before)).toBe(true);
            expect(dependencies[index]!.some((before) => ended.get(before) === false)).toBe(true);
            cancelled.add(index);
            ended.set(index, false);
          },
        });
        // In an earlier session some ended, none before what it waits for.
        const earlier = new Map<number, 'completed' | 'failed'>();
        for (let index = 0; index < count && isBefore[index]; index++) {
          const doomed = dependencies[index]!.some((before) => earlier.get(before) === 'failed');
          if (levels?.some((level, other) => level < levels[index]! && !earlier.has(other))) break;
          earlier.set(index, completes[index] && !doomed ? 'completed' : 'failed');
          ended.set(index, earlier.get(index) === 'completed');
        }
        waiting.begin((index) => earlier.get(index));
        while (ready.size > 0) {
          const list = [...ready];
          const index = list[choices.next().value % list.length]!;
          ready.delete(index);
          ended.set(index, completes[index]!);
          waiting.end(index, completes[index]!);
        }
        expect(ended.size).toBe(count);
        for (const index of cancelled) {
          const cause = waiting.causeOf(index);
          expect(cause).toBe(dependencies[index]!.find((before) => ended.get(before) === false));
          const root = waiting.rootCauseOf(index);
          expect(cancelled.has(root)).toBe(false);
          expect(ended.get(root)).toBe(false);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('is told to those who watch', () => {
    const waiting = new Waiting(
      setOf(plain(4, { dependencies: [[], [], [0, 1], []], levels: [0, 0, 1, 1] })),
      {
        onReady: () => {},
        onCancelled: () => {},
      },
    );
    waiting.begin(() => undefined);
    expect(waiting.waitsFor(2, 8)).toEqual([0, 1]);
    expect(waiting.waitsFor(2, 1)).toEqual([0]);
    expect(waiting.isAbove(3)).toBe(true);
    waiting.end(0, true);
    expect(waiting.waitsFor(2, 8)).toEqual([1]);
    waiting.end(1, false);
    expect(waiting.isAbove(3)).toBe(false);
  });

  test('of a chain of a million cases is worked off without a deep stack', () => {
    const count = 1_000_000;
    const dependencies = Array.from({ length: count }, (_, i) => (i === 0 ? [] : [i - 1]));
    let cancelled = 0;
    const waiting = new Waiting(setOf(plain(count, { dependencies })), {
      onReady: () => {},
      onCancelled: () => cancelled++,
    });
    waiting.begin(() => undefined);
    waiting.end(0, false);
    expect(cancelled).toBe(count - 1);
  });
});
