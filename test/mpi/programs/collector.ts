/** Run with --expose-gc: operations under way whose requests and arrays nobody else holds, under forced collections. */
import assert from 'node:assert/strict';
import { activeRequestCount, anySource, world } from '../../../src/mpi/index.js';

declare const gc: () => void;

const { rank, size } = world;
const next = (rank + 1) % size;
const roundCount = 8;
const perRound = 20;

/** Small arrays live on V8's heap, large ones in blocks of their own: both must stay where MPI found them. */
const lengths = [1, 3, 8, 100, 20_000];

function litter(): void {
  for (let i = 0; i < 50; i++) new Float64Array(1 + (i % 200)).fill(-1);
  gc();
}

for (let round = 0; round < roundCount; round++) {
  const sums: Promise<number>[] = [];
  for (let i = 0; i < perRound; i++) {
    const length = lengths[i % lengths.length]!;
    const data = new Float64Array(length);
    sums.push(
      world
        .irecv(data, anySource, round * perRound + i)
        .done()
        .then(() => data[length - 1]!),
    );
  }
  litter();
  // The requests of these sends are dropped at once.
  for (let i = 0; i < perRound; i++) {
    world.isend(new Float64Array(lengths[i % lengths.length]!).fill(i + round), next, round * perRound + i);
    if (i % 5 === 0) litter();
  }
  const received = await Promise.all(sums);
  received.forEach((value, i) => {
    assert.equal(value, i + round);
  });
  const total = new Float64Array(1000);
  const reduction = world.iallreduce(new Float64Array(1000).fill(1), total, 'sum');
  litter();
  await reduction;
  assert.ok(total.every((value) => value === size));
}

// Persistent requests whose arrays only they hold.
{
  const request = world.recvInit(new Int32Array(4), anySource, 1_000_000);
  for (let i = 0; i < 20; i++) {
    request.start();
    litter();
    world.send(Int32Array.of(i, i, i, i), next, 1_000_000);
    await request;
    assert.deepEqual([...(request.kept as Int32Array)], [i, i, i, i]);
  }
  request.free();
}

// Dropped sends count as active, and keep their arrays, until somebody completes them.
assert.equal(activeRequestCount(), roundCount * perRound);
world.barrier();
console.log(`rank ${rank} done`);
