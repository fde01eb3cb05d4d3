import { expect, test } from 'vitest';
import { carefulSend } from '../../../src/runtime/links/careful-send.js';

function world() {
  const sent: string[] = [];
  const flushes: { resolve: () => void; reject: (error: Error) => void }[] = [];
  let isCareful = true;
  const { send } = carefulSend(
    { send: (worker, bytes) => sent.push(`${worker}:${bytes[0]}`) },
    { flush: () => new Promise((resolve, reject) => flushes.push({ resolve, reject })) },
    () => isCareful,
  );
  return {
    sent,
    flushes,
    send: (worker: number, value: number) => {
      const bytes = Uint8Array.of(value);
      send(worker, bytes);
      // The caller uses its buffer again.
      bytes[0] = 255;
    },
    relax: () => {
      isCareful = false;
    },
  };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('A message leaves once the disk has what was appended before it', async () => {
  const { sent, flushes, send } = world();
  send(1, 10);
  send(2, 20);
  await turn();
  expect([sent, flushes.length]).toEqual([[], 2]);
  flushes[1]!.resolve();
  await turn();
  expect(sent).toEqual(['2:20']);
  flushes[0]!.resolve();
  await turn();
  expect(sent).toEqual(['2:20', '1:10']);
});

test('Messages to one worker stay in order, also when there is no more need to be careful', async () => {
  const { sent, flushes, send, relax } = world();
  send(1, 10);
  relax();
  send(1, 11);
  send(2, 20);
  await turn();
  expect(sent).toEqual(['2:20']);
  flushes.shift()!.resolve();
  await turn();
  flushes.shift()!.resolve();
  await turn();
  expect(sent).toEqual(['2:20', '1:10', '1:11']);
  send(1, 12);
  expect(sent.at(-1)).toBe('1:12');
});

test('What the disk refuses is not sent', async () => {
  const { sent, flushes, send } = world();
  send(1, 10);
  await turn();
  flushes[0]!.reject(new Error('full'));
  await turn();
  expect(sent).toEqual([]);
});
