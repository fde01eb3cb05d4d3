import { afterEach, expect, test } from 'vitest';
import { listenForStop, type StopSignals } from '../../src/process/signals.js';

let clock = 0;
let signals: StopSignals | undefined;

afterEach(() => signals?.close());

function listen(): StopSignals {
  clock = 0;
  signals = listenForStop(() => clock);
  return signals;
}

test.each(['SIGINT', 'SIGTERM', 'SIGUSR2', 'SIGHUP'] as const)(
  'the first %s asks to stop and says so',
  (name) => {
    const { stop, abort } = listen();
    process.emit(name, name);
    expect(stop.aborted).toBe(true);
    expect(stop.reason).toBe(name);
    expect(abort.aborted).toBe(false);
  },
);

test('a second signal a second later ends at once', () => {
  const { abort } = listen();
  process.emit('SIGINT', 'SIGINT');
  clock = 1000;
  process.emit('SIGINT', 'SIGINT');
  expect(abort.aborted).toBe(true);
});

test('the same request that comes twice within moments counts once', () => {
  const { abort } = listen();
  process.emit('SIGINT', 'SIGINT');
  clock = 100;
  process.emit('SIGTERM', 'SIGTERM');
  expect(abort.aborted).toBe(false);
});

test('closing takes every listener away', () => {
  const before = process.listenerCount('SIGINT');
  const { close } = listen();
  expect(process.listenerCount('SIGINT')).toBe(before + 1);
  close();
  close();
  expect(process.listenerCount('SIGINT')).toBe(before);
});
