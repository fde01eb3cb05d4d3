import { expect, test } from 'vitest';
import { Latest } from '../../src/api/latest.js';

async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}

test('a reader that keeps up sees every value, and the end', async () => {
  const latest = new Latest<number>();
  const seen: number[] = [];
  const reading = (async () => {
    for await (const value of latest.values()) {
      seen.push(value);
      if (value < 3) latest.set(value + 1);
      else latest.end();
    }
  })();
  latest.set(1);
  await reading;
  expect(seen).toEqual([1, 2, 3]);
});

test('a reader that comes late sees the newest value', async () => {
  const latest = new Latest<number>();
  latest.set(1);
  latest.set(2);
  latest.end();
  expect(await collect(latest.values())).toEqual([2]);
});

test('without a value a reader ends with the end, and several readers each see it', async () => {
  const latest = new Latest<number>();
  const readers = [collect(latest.values()), collect(latest.values())];
  latest.end();
  expect(await Promise.all(readers)).toEqual([[], []]);
});
