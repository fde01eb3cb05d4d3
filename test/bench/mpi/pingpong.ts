/** Latency and bandwidth between two ranks by message size; see pingpong.c. Usage: pingpong [maxBytes] */
import { Status, world, wtime } from '../../../src/mpi/index.js';

const maxBytes = Number(process.argv[2] ?? 1 << 22);
const { rank } = world;
const status = new Status();

for (let bytes = 8; bytes <= maxBytes; bytes *= 8) {
  const data = new Uint8Array(bytes);
  // About 16 MiB or 10,000 round trips a size, whichever is less.
  const count = Math.min(10_000, Math.floor((16 << 20) / bytes));
  halfRoundTrip(data, Math.floor(count / 10) + 1);
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 5; round++)
    best = Math.min(best, halfRoundTrip(data, Math.floor(count / 5) + 1));
  if (rank === 0) {
    const us = Number((best * 1e6).toPrecision(4));
    console.log(JSON.stringify({ bytes, us, MBps: Number((bytes / best / 1e6).toPrecision(4)) }));
  }
}

/** Seconds for one message from rank to rank, mean of `count` round trips. */
function halfRoundTrip(data: Uint8Array, count: number): number {
  world.barrier();
  const started = wtime();
  for (let i = 0; i < count; i++) {
    if (rank === 0) {
      world.send(data, 1, 1);
      world.recv(data, 1, 1, status);
    } else {
      world.recv(data, 0, 1, status);
      world.send(data, 0, 1);
    }
  }
  return (wtime() - started) / count / 2;
}
