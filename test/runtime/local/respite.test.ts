import { expect, test } from 'vitest';
import type { Cause } from '../../../src/runtime/local/end-of-process.js';
import { Respite } from '../../../src/runtime/local/respite.js';

const sighting = { slot: 0, starts: 1, first: 7, count: 1, begunMs: 0, signs: 0, progress: undefined };
const slow: Cause = {
  kind: 'overdue',
  overdue: { kind: 'timeout', sighting, ranMs: 2_000, silentMs: 2_000 },
  limits: { timeoutMs: 1_000, stallMs: Number.POSITIVE_INFINITY },
};
const full: Cause = { ...slow, memory: { bytes: 3e8, parts: [] } };
const large: Cause = { kind: 'memory', limitBytes: 4e8, running: undefined };

test.each([
  ['is over its time with little memory', slow],
  ['is over its memory', large],
  ['is not to be ended', undefined],
])('a process that %s gets no respite', (_what, cause) => {
  expect(new Respite(2_000).isGranted(cause, 0)).toBe(false);
});

test('one that is over its time with its memory nearly full has a moment to say so, and no longer', () => {
  const respite = new Respite(2_000);
  const looks: [Cause | undefined, number][] = [
    ...[10_000, 11_000, 11_999, 12_000].map((ms): [Cause, number] => [full, ms]),
    // Another case begins anew.
    ...[undefined, full].map((cause, i): [Cause | undefined, number] => [cause, 13_000 + i]),
    // More memory than it may have ends it at once.
    [large, 13_002],
  ];
  expect(looks.map(([cause, ms]) => respite.isGranted(cause, ms))).toEqual([
    ...[true, true, true, false],
    ...[false, true],
    false,
  ]);
});
