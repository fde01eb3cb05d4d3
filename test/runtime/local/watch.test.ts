import { describe, expect, test } from 'vitest';
import type { Sighting } from '../../../src/process/beacon/reader.js';
import { chargedMs, lookIntervalMs, Watch } from '../../../src/runtime/local/watch.js';

const forever = Number.POSITIVE_INFINITY;

function sighting(changes: Partial<Sighting> = {}): Sighting {
  return { slot: 0, starts: 1, first: 7, count: 1, begunMs: 0, signs: 0, progress: undefined, ...changes };
}

/** Looks every 100 ms; at which look something was overdue, and why. */
function found(watch: Watch, looks: readonly (readonly Sighting[])[]): [number, string] | undefined {
  for (const [i, sightings] of looks.entries()) {
    const overdue = watch.look(sightings, 100);
    if (overdue) return [i, overdue.kind];
  }
  return undefined;
}

const repeat = (times: number, of: (i: number) => readonly Sighting[]) =>
  Array.from({ length: times }, (_, i) => of(i));

describe('a case', () => {
  test('is overdue once it has been seen for longer than it may run, never before', () => {
    const watch = new Watch({ timeoutMs: 500, stallMs: forever });
    expect(
      found(
        watch,
        repeat(20, () => [sighting()]),
      ),
    ).toEqual([6, 'timeout']);
  });

  test('begins anew with each start, also under the same number', () => {
    const watch = new Watch({ timeoutMs: 500, stallMs: forever });
    expect(
      found(
        watch,
        repeat(60, (i) => [sighting({ starts: Math.floor(i / 5) })]),
      ),
    ).toBeUndefined();
  });

  test('begins anew after a pause in which nothing ran', () => {
    const watch = new Watch({ timeoutMs: 500, stallMs: forever });
    expect(
      found(
        watch,
        repeat(30, (i) => (i % 4 === 3 ? [] : [sighting()])),
      ),
    ).toBeUndefined();
  });

  test('that reports progress is not stalled, however long it runs', () => {
    const watch = new Watch({ timeoutMs: forever, stallMs: 300 });
    expect(
      found(
        watch,
        repeat(40, (i) => [sighting({ signs: Math.floor(i / 2) })]),
      ),
    ).toBeUndefined();
    expect(
      found(
        watch,
        repeat(40, () => [sighting({ signs: 99 })]),
      ),
    ).toEqual([4, 'stall']);
  });

  test('in one slot does not lend its time to another', () => {
    const watch = new Watch({ timeoutMs: 500, stallMs: forever });
    const looks = repeat(20, (i) => [sighting({ starts: i }), sighting({ slot: 1, first: 9 })]);
    expect(found(watch, looks)).toEqual([6, 'timeout']);
  });
});

test('A batch has the time of all its cases', () => {
  const watch = new Watch({ timeoutMs: 500, stallMs: forever });
  expect(
    found(
      watch,
      repeat(40, () => [sighting({ count: 3 })]),
    ),
  ).toEqual([16, 'timeout']);
});

test('A look that comes late, as after a pause of the whole machine, uses up no limit by itself', () => {
  const limits = { timeoutMs: 500, stallMs: forever };
  const watch = new Watch(limits);
  watch.look([sighting()], 0);
  expect(watch.look([sighting()], chargedMs(60_000, limits))).toBeUndefined();
  expect(watch.look([sighting()], chargedMs(100, limits))).toBeUndefined();
  expect(watch.look([sighting()], chargedMs(60_000, limits))?.kind).toBe('timeout');
  expect(chargedMs(60_000, { timeoutMs: forever, stallMs: forever })).toBe(2_000);
});

test.each([
  [forever, forever, 1000],
  [3_600_000, forever, 1000],
  [2_000, forever, 100],
  [3_600_000, 1_000, 50],
  [1, 1, 20],
])('With limits of %d and %d ms it is looked at every %d ms', (timeoutMs, stallMs, expected) => {
  expect(lookIntervalMs({ timeoutMs, stallMs })).toBe(expected);
});
