import { expect, test } from 'vitest';
import { encodeBlock } from '../../src/codec/block.js';
import { LevelWatch } from '../../src/runtime/level-watch.js';

const block = (first: number, count: number): Uint8Array =>
  encodeBlock([], {
    ...{ first, count, startedMs: 0, elapsedMs: 1, worker: 0, attempt: 1, columns: {}, failures: [] },
  });

function watched(levels: readonly number[], ranges: readonly { first: number; count: number }[]) {
  const told: string[] = [];
  const watch = new LevelWatch(Float64Array.from(levels), ranges, {
    onLevelStarted: ({ level, cases }) => told.push(`${level} of ${cases} starts`),
    onLevelCompleted: ({ level, failed, elapsedMs }) => {
      expect(elapsedMs).toBeGreaterThanOrEqual(0);
      told.push(`${level} ends, ${failed} failed`);
    },
  });
  return { told, watch };
}

test('levels begin and end one behind the other, whatever order results come in', () => {
  const { told, watch } = watched([1, 1, 2, 3, 2], [{ first: 0, count: 5 }]);
  expect(told).toEqual(['1 of 2 starts']);
  watch.failed(1);
  watch.returned(block(1, 2));
  expect(told).toHaveLength(1);
  watch.returned(block(0, 1));
  expect(told.slice(1)).toEqual(['1 ends, 1 failed', '2 of 2 starts']);
  watch.returned(Buffer.concat([block(3, 1), block(4, 1)]));
  expect(told.slice(3)).toEqual(['2 ends, 0 failed', '3 of 1 starts', '3 ends, 0 failed']);
});

test('a case that is tried again has not ended', () => {
  const { told, watch } = watched([1, 2], [{ first: 0, count: 2 }]);
  watch.returned(block(0, 1), [0]);
  expect(told).toHaveLength(1);
  watch.returned(block(0, 1));
  expect(told.at(-1)).toBe('2 of 1 starts');
});

test('a session tells of the levels that it computes', () => {
  const { told, watch } = watched([1, 2, 2], [{ first: 1, count: 1 }]);
  watch.returned(block(1, 1));
  expect(told).toEqual(['2 of 2 starts', '2 ends, 0 failed']);
});
