/** What a child says comes once and in order, whoever reads it: the event loop, or a wait that blocks. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { directRead } from '../../../src/runtime/local/direct-read.js';

const talker = 'for (let i = 0; i < 200; i++) require("fs").writeSync(1, i + "\\n")';

function start(program: string) {
  const child = spawn(process.execPath, ['-e', program], { stdio: ['pipe', 'pipe', 'inherit'] });
  const { fd } = (child.stdout as unknown as { readonly _handle: { readonly fd: number } })._handle;
  let text = '';
  const onPiece = (piece: Uint8Array): void => {
    text += Buffer.from(piece).toString();
  };
  child.stdout.on('data', onPiece);
  return { child, receive: directRead(child.stdout, fd, onPiece), said: () => text };
}

test('pieces read directly and by the event loop make one text, in order', async () => {
  const { child, receive, said } = start(talker);
  const closed = once(child, 'close').then(() => true);
  for (let isClosed = false; !isClosed; ) {
    receive(5);
    isClosed = await Promise.race([
      closed,
      new Promise<false>((resolve) => setImmediate(() => resolve(false))),
    ]);
  }
  expect(said()).toBe(Array.from({ length: 200 }, (_, i) => `${i}\n`).join(''));
});

test('an answer is there without a turn of the event loop', async () => {
  const { child, receive, said } = start('process.stdin.on("data", (text) => process.stdout.write(text))');
  await new Promise<void>((resolve) => child.stdin.write('ping', () => resolve()));
  // Long enough for a busy machine; it returns as soon as there is something.
  expect(receive(30_000)).toBe(true);
  expect(said()).toBe('ping');
  child.stdin.end();
  await once(child, 'close');
  expect(receive(0)).toBe(false);
});
