/** Every collective, blocking and awaited, with each rank as root, against what it must give. */
import assert from 'node:assert/strict';
import { inPlace, MpiError, type Operation, world } from '../../../src/mpi/index.js';

const { rank, size } = world;
const ranks = Array.from({ length: size }, (_, i) => i);
const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

world.barrier();
await world.ibarrier();

// Nobody leaves a barrier before all are in: the last to come sends nothing before it.
{
  let isIn = false;
  const barrier = world.ibarrier();
  if (rank === size - 1) {
    isIn = true;
  }
  await barrier;
  assert.ok(rank !== size - 1 || isIn);
}

for (const isAwaited of [false, true]) {
  for (const root of ranks) {
    const isRoot = rank === root;

    const data = isRoot ? Float64Array.of(root, 0.5) : new Float64Array(2);
    if (isAwaited) await world.ibcast(data, root);
    else world.bcast(data, root);
    assert.deepEqual([...data], [root, 0.5]);

    const gathered = isRoot ? new Int32Array(2 * size) : null;
    const pair = Int32Array.of(rank, rank * rank);
    if (isAwaited) await world.igather(pair, gathered, root);
    else world.gather(pair, gathered, root);
    if (gathered)
      assert.deepEqual(
        [...gathered],
        ranks.flatMap((r) => [r, r * r]),
      );

    const held = new Int32Array(size).fill(-1);
    held[rank] = 10 + rank;
    if (isAwaited) await world.igather(isRoot ? inPlace : held.subarray(rank, rank + 1), held, root);
    else world.gather(isRoot ? inPlace : held.subarray(rank, rank + 1), held, root);
    if (isRoot)
      assert.deepEqual(
        [...held],
        ranks.map((r) => 10 + r),
      );

    const counts = ranks.map((r) => r + 1);
    const all = isRoot ? new Float32Array(total(counts)) : null;
    const mine = new Float32Array(rank + 1).fill(rank);
    if (isAwaited) await world.igatherv(mine, all, isRoot ? counts : null, root);
    else world.gatherv(mine, all, isRoot ? counts : null, root);
    const expected = ranks.flatMap((r) => new Array(r + 1).fill(r));
    if (all) assert.deepEqual([...all], expected);

    const spread = isRoot ? new Float32Array(total(counts) + size).fill(-1) : null;
    const displacements = ranks.map((r) => total(counts.slice(0, r)) + r);
    if (isAwaited) await world.igatherv(mine, spread, counts, root, displacements);
    else world.gatherv(mine, spread, counts, root, displacements);
    if (spread)
      assert.deepEqual(
        [...spread],
        ranks.flatMap((r) => [...new Array(r + 1).fill(r), -1]),
      );

    const dealt = isRoot ? BigInt64Array.from(ranks, (r) => BigInt(r) + 2n ** 40n) : null;
    const one = new BigInt64Array(1);
    if (isAwaited) await world.iscatter(dealt, one, root);
    else world.scatter(dealt, one, root);
    assert.equal(one[0], BigInt(rank) + 2n ** 40n);

    const some = new Float32Array(rank + 1);
    if (isAwaited) await world.iscatterv(all, isRoot ? counts : null, some, root);
    else world.scatterv(all, isRoot ? counts : null, some, root);
    assert.deepEqual([...some], new Array(rank + 1).fill(rank));

    const reduced = isRoot ? new Float64Array(2) : null;
    if (isAwaited) await world.ireduce(Float64Array.of(rank, 1), reduced, 'sum', root);
    else world.reduce(Float64Array.of(rank, 1), reduced, 'sum', root);
    if (reduced) assert.deepEqual([...reduced], [total(ranks), size]);
  }

  const gathered = new Uint16Array(size);
  if (isAwaited) await world.iallgather(Uint16Array.of(rank + 7), gathered);
  else world.allgather(Uint16Array.of(rank + 7), gathered);
  assert.deepEqual(
    [...gathered],
    ranks.map((r) => r + 7),
  );

  const operations: readonly [Operation, (values: readonly number[]) => number][] = [
    ['sum', total],
    ['prod', (values) => values.reduce((product, value) => product * value, 1)],
    ['min', (values) => Math.min(...values)],
    ['max', (values) => Math.max(...values)],
    ['band', (values) => values.reduce((bits, value) => bits & value)],
    ['bor', (values) => values.reduce((bits, value) => bits | value)],
    ['bxor', (values) => values.reduce((bits, value) => bits ^ value)],
    ['land', (values) => Number(values.every((value) => value !== 0))],
    ['lor', (values) => Number(values.some((value) => value !== 0))],
    ['lxor', (values) => values.filter((value) => value !== 0).length % 2],
  ];
  for (const [operation, expected] of operations) {
    const result = new Int32Array(1);
    if (isAwaited) await world.iallreduce(Int32Array.of(rank + 3), result, operation);
    else world.allreduce(Int32Array.of(rank + 3), result, operation);
    // A single rank's logical value is copied, not made 0 or 1.
    if (size === 1 && operation.startsWith('l')) result[0] = Number(result[0] !== 0);
    assert.equal(result[0], expected(ranks.map((r) => r + 3)), operation);
  }
  const summed = Float64Array.of(rank);
  if (isAwaited) await world.iallreduce(inPlace, summed, 'sum');
  else world.allreduce(inPlace, summed, 'sum');
  assert.equal(summed[0], total(ranks));

  const before = Float64Array.of(-1);
  if (isAwaited) await world.iexscan(Float64Array.of(rank + 1), before, 'sum');
  else world.exscan(Float64Array.of(rank + 1), before, 'sum');
  assert.equal(before[0], rank === 0 ? -1 : total(ranks.slice(0, rank).map((r) => r + 1)));
}

// What cannot be meant is refused before MPI sees it.
if (rank === 0) {
  assert.throws(() => world.gather(new Int32Array(1), null), /must give `received`/);
  if (size > 1) {
    assert.throws(() => world.gather(new Int32Array(1), new Int32Array(size * 2 + 1)), /equal part/);
  }
}
assert.throws(() => world.allreduce(new Int32Array(1), new Int32Array(2), 'sum'), /one type and length/);
assert.throws(() => world.allreduce(new Int32Array(1), new Float64Array(1), 'sum'), /one type and length/);
assert.throws(() => world.allreduce(inPlace, new Int32Array(1), 'mean' as 'sum'), /no such reduction/);
assert.throws(
  () => world.bcast(new Int32Array(1), size),
  (error) => error instanceof MpiError && error.errorClass === 'MPI_ERR_ROOT',
);
if (rank === 0) {
  assert.throws(
    () => world.gatherv(new Int32Array(1), new Int32Array(1), [1, 2, 3, 4, 5]),
    /one entry for each/,
  );
  const tooLong = ranks.map(() => 2);
  assert.throws(() => world.gatherv(new Int32Array(2), new Int32Array(1), tooLong), /lies outside the array/);
}
world.barrier();
console.log(`rank ${rank} done`);
