/**
 * What two processes of Node's need to say a chunk's bytes to each other and back, with nothing else around them:
 * `node ping-pong.js event-loop|blocking ROUNDS` prints microseconds a round. The child waits for its turn in the event
 * loop or in a read that blocks; nothing that keeps kernels in a child of its own can be faster.
 */
import { spawn } from 'node:child_process';
import { readSync, writeSync } from 'node:fs';

const bytes = 100;
const warmUp = 2_000;
const [way = '', roundsText = '', role = 'parent'] = process.argv.slice(2);

if (role === 'parent') {
  process.stdout.write(`${await usPerRound(Number(roundsText))}\n`);
} else if (way === 'blocking') {
  const message = new Uint8Array(64 * 1024);
  for (let read = readSync(0, message); read > 0; read = readSync(0, message)) writeSync(1, message, 0, read);
} else {
  process.stdin.on('data', (message: Uint8Array) => writeSync(1, message));
}

function usPerRound(rounds: number): Promise<number> {
  const child = spawn(process.execPath, [process.argv[1] as string, way, '', 'child'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const message = new Uint8Array(bytes);
  let began = 0;
  let done = 0;
  return new Promise((resolve) => {
    child.stdout.on('data', () => {
      done++;
      if (done === warmUp) began = performance.now();
      if (done < warmUp + rounds) {
        child.stdin.write(message);
      } else {
        child.stdin.end();
        resolve((1000 * (performance.now() - began)) / rounds);
      }
    });
    child.stdin.write(message);
  });
}
