import { expect, test } from 'vitest';
import { type FeedLine, FeedWatcher, feed, parseFeedLine } from '../../../src/observe/watch/feed.js';
import type { Sight } from '../../../src/observe/watch/look.js';

const waiting: Sight = { kind: 'waiting', host: 'n1', pid: 7 };
const live = (sequence: number, silentMs = 0): Sight =>
  ({
    kind: 'live',
    silentMs,
    isUnheard: false,
    live: { host: 'n1', pid: 7, sequence, phase: 'running' },
  }) as Sight;

test('a feed has a line for each change, and ends with the run', async () => {
  const sights = [waiting, live(1), live(1), live(1, 7_000), { kind: 'over' } as const];
  const lines: FeedLine[] = [];
  const looker = { look: () => sights.shift() as Sight };
  expect(await feed(looker, (line) => lines.push(line), new AbortController().signal)).toBe('over');
  const read = lines.map((line) => parseFeedLine(JSON.stringify(line)));
  expect(read).toEqual(
    [waiting, live(1), live(1, 7_000), { kind: 'over' }].map((sight) => ({ kind: 'sight', sight })),
  );
});

test('what a host prints in front of a feed is passed over', () => {
  expect(['Welcome', '[1]', 'null', '{"kind":"other"}'].map(parseFeedLine)).toEqual([
    ...[undefined, undefined, undefined, undefined],
  ]);
});

test('where nothing comes any more the connection is silent, and of the run nothing is known', () => {
  const watcher = new FeedWatcher(live(1), 0);
  expect(watcher.look(9_000)).toEqual(live(1));
  expect(watcher.look(60_000)).toEqual({ ...live(1, 60_000), isUnheard: true });
  watcher.hear(live(2), 70_000);
  expect(watcher.look(71_000)).toEqual(live(2));
  const assembling = { ...live(3), live: { phase: 'assembling' } } as Sight;
  watcher.hear(assembling, 80_000);
  expect(watcher.look(140_000)).toEqual(assembling);
});
